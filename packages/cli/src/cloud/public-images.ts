import { readFileSync } from "node:fs";
import { inStep } from "@workbook/lab-kit";
import { isAlwaysMade, makeStandIns, type StandIn } from "@workbook/stand-in-images";
import { both, list, UserError, type Words } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import type { Workspace } from "../workspace.ts";
import { registriesFile, standInsFolder } from "./registries.ts";

/** How long a registry may take to answer at all. */
const ANSWER_MS = 3000;

/** Whether a registry answers from here. */
export interface Reach {
  /** Of the registry, as in images' names. */
  readonly name: string;
  /** Who answers: itself, or a mirror. */
  readonly by: string | undefined;
  /** Why nobody does. */
  readonly why: string;
}

/** Asks a registry's mirrors and itself, whether one of them answers: whatever it says, it is there. */
export async function reachRegistry(workspace: Workspace, name: string): Promise<Reach> {
  let why = "";
  for (const url of [...mirrorsOf(workspace, name), `https://${hostOf(name)}`]) {
    try {
      const at = `${url.replace(/\/(?:v2)?\/*$/, "")}/v2/`;
      const answer = await fetch(at, { signal: AbortSignal.timeout(ANSWER_MS) });
      await answer.body?.cancel();
      return { name, by: new URL(url).host, why };
    } catch (error) {
      const { message, cause } = error as Error;
      why = cause instanceof Error ? cause.message : message;
    }
  }
  return { name, by: undefined, why };
}

const hostOf = (registry: string) => (registry === "docker.io" ? "registry-1.docker.io" : registry);

/** As Local AWS has them. @throws {UserError} where the file cannot be read */
function mirrorsOf(workspace: Workspace, registry: string): readonly string[] {
  const given = workspace.config.mirrors
    .filter((mirror) => mirror.startsWith(`${registry}=`))
    .map((mirror) => mirror.slice(registry.length + 1));
  const file = registriesFile(workspace);
  try {
    const { mirrors = {} } = JSON.parse(readFileSync(file, "utf8")) as {
      mirrors?: Record<string, { endpoint: string[] } | undefined>;
    };
    return [...given, ...((mirrors[registry] ?? mirrors["*"])?.endpoint ?? [])];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return given;
    const { message } = error as Error;
    throw new UserError(
      [`${file} cannot be read: ${message}`, `${file} を読めません: ${message}`],
      { code: "REGISTRIES_UNREADABLE", next: `cat ${file}`, cause: error },
    );
  }
}

/** Makes sure that a chapter's public images can be had: from their registries, or where those cannot be reached, made here. */
export async function preparePublicImages(
  { workspace, progress, signal }: Pick<Session, "workspace" | "progress" | "signal">,
  images: readonly string[],
): Promise<void> {
  if (images.length === 0) return;
  await inStep(progress, ["Public images", "公開イメージ"], async (step) => {
    const own = images.filter(isAlwaysMade);
    if (own.length > 0) await standInFor(workspace, own, undefined, signal);
    const fetched = images.filter((image) => !own.includes(image));
    if (fetched.length === 0)
      return {
        summary: ["made here, as always", "いつもここで作ります"],
        value: undefined,
      };
    const names = [...new Set(fetched.map((image) => image.slice(0, image.indexOf("/"))))];
    const reached = await Promise.all(names.map((name) => reachRegistry(workspace, name)));
    const missing = reached.filter(({ by }) => by === undefined);
    if (missing.length === 0)
      return { summary: reached.map(({ by }) => by).join(", "), value: undefined };
    step.detail(["making images that stand in", "代わりのイメージを作っています"]);
    const wanted = fetched.filter((image) =>
      missing.some(({ name }) => image.startsWith(`${name}/`)),
    );
    const made = await standInFor(workspace, wanted, missing[0]!, signal);
    const isPinned = wanted.some((image) => image.includes("@"));
    return { summary: describeStandIns(missing, made, isPinned), value: undefined };
  });
}

/** @throws {UserError} `STAND_IN` with what this machine lacks */
export async function standInFor(
  workspace: Workspace,
  images: readonly string[],
  reach: Pick<Reach, "name" | "why"> | undefined,
  signal: AbortSignal,
): Promise<readonly StandIn[]> {
  try {
    return await makeStandIns(standInsFolder(workspace), images, signal);
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const far: Words =
      reach === undefined
        ? ["", ""]
        : [
            `${reach.name} cannot be reached (${reach.why}). `,
            `${reach.name} に接続できません (${reach.why})。`,
          ];
    const no: Words = [
      `No image can be made here that stands in for ${images.join(", ")}: ${why}`,
      `${images.join("、")} の代わりのイメージをここで作れません: ${why}`,
    ];
    throw new UserError(both`${far}${no}`, {
      code: "STAND_IN",
      next: [
        "connect to the network, or on Debian and Ubuntu sudo apt-get update; then the same command",
        "ネットワークに接続するか、Debian や Ubuntu なら sudo apt-get update のあと、同じコマンド",
      ],
      cause: error,
    });
  }
}

function describeStandIns(
  missing: readonly Reach[],
  made: readonly StandIn[],
  isPinned: boolean,
): Words {
  const names = missing.map(({ name }) => name).join(", ");
  const versions = list(made.map(({ version }) => version));
  const [en, ja] = isPinned
    ? [", and is not the image of that digest", "。そのダイジェストのイメージではありません"]
    : ["", ""];
  return [
    `${names} cannot be reached (${missing[0]!.why}): ${versions.en} stands in${en}`,
    `${names} に接続できません (${missing[0]!.why})。代わりに ${versions.ja} を使います${ja}`,
  ];
}
