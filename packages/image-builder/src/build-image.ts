import { mkdir, mkdtemp, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BuildContext } from "./build/context.ts";
import { buildStage } from "./build/build-stage.ts";
import type { BuildImageOptions, BuiltImage } from "./build/options.ts";
import { claimScratch, removeTree } from "./build/scratch.ts";
import { BuildSession } from "./build/session.ts";
import type { StageState } from "./build/stage-state.ts";
import { writeImage } from "./build/write-image.ts";
import { parseDockerfile } from "./dockerfile/parse.ts";
import { planStages } from "./dockerfile/stages.ts";
import { BuildError } from "./errors.ts";
import { hostPlatform } from "./platform.ts";

/**
 * Builds a Dockerfile into an image of an OCI image layout, without Docker. The same sources give the same digest, in any
 * folder. Base images are recorded and not fetched: whoever runs the image brings what they hold (Node, for `FROM node`).
 *
 * SOURCE_DATE_EPOCH in `env` sets every time stamp; the default is 1970.
 * https://reproducible-builds.org/specs/source-date-epoch/
 *
 * @throws {BuildError} naming the line and what cannot be honoured, found or carried out
 * @throws the reason of `signal`, when it aborts; nothing half-written is left
 */
export async function buildImage(options: BuildImageOptions): Promise<BuiltImage> {
  const { context, outputDir, cacheDir, signal } = options;
  signal?.throwIfAborted();
  const dockerfile = resolve(context, options.dockerfile ?? "Dockerfile");
  const opened = await BuildContext.open(context, dockerfile);
  const plan = planStages(parseDockerfile(await readDockerfile(dockerfile)), {
    buildArgs: options.buildArgs ?? {},
    platform: options.platform ?? hostPlatform(),
    buildPlatform: hostPlatform(),
    target: options.target,
  });
  const epoch = parseEpoch((options.env ?? process.env)["SOURCE_DATE_EPOCH"]);
  const temporary =
    cacheDir === undefined ? await mkdtemp(join(tmpdir(), "image-builder-")) : undefined;
  const cache = temporary ?? resolve(cacheDir ?? "");
  await mkdir(cache, { recursive: true });
  const scratchDir = await claimScratch(await realpath(cache));
  try {
    const session = new BuildSession(options, {
      plan,
      context: opened,
      cacheDir: await realpath(cache),
      scratchDir,
      epoch,
    });
    const state = await buildTarget(session);
    warnOfUnusedArgs(session, options.buildArgs ?? {});
    return await writeImage(session, state, resolve(outputDir));
  } finally {
    await removeTree(scratchDir);
    if (temporary !== undefined) await removeTree(temporary);
  }
}

/** Builds the target and the stages that it needs, each once. */
async function buildTarget(session: BuildSession): Promise<StageState> {
  const { stages, target } = session.plan;
  const built = new Map<number, Promise<StageState>>();
  const resolveStage = (index: number): Promise<StageState> => {
    const stage = stages[index];
    if (stage === undefined) throw new RangeError(`there is no stage ${index}`);
    const known = built.get(index) ?? buildStage(session, stage, resolveStage);
    built.set(index, known);
    return known;
  };
  return await resolveStage(target.index);
}

async function readDockerfile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new BuildError(
      "NOT_FOUND",
      [`the Dockerfile ${path} cannot be read`, `Dockerfile ${path} を読めません`],
      { cause },
    );
  }
}

function parseEpoch(text: string | undefined): number {
  if (!text) return 0;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new BuildError("SYNTAX", [
    `SOURCE_DATE_EPOCH must be a number of seconds since 1970, not "${text}"`,
    `SOURCE_DATE_EPOCH は 1970 年からの秒数です ("${text}" になっています)`,
  ]);
}

function warnOfUnusedArgs(session: BuildSession, buildArgs: Record<string, string>): void {
  for (const name of Object.keys(buildArgs)) {
    if (!session.plan.declaredArgs.has(name))
      session.warn([
        `the build argument ${name} is not declared by any ARG, so it has no effect`,
        `ビルド引数 ${name} は ARG で宣言されていないので、効果がありません`,
      ]);
  }
}
