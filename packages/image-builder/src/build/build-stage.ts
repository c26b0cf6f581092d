import { both, text, type Words } from "@workbook/toolchain";
import { fetchBase, type FetchedBase } from "../base/fetch-base.ts";
import { BuildError } from "../errors.ts";
import { describe } from "../dockerfile/describe.ts";
import type { Instruction } from "../dockerfile/parse.ts";
import type { Stage } from "../dockerfile/stages.ts";
import type { Lookup } from "../dockerfile/words.ts";
import { FileTree, toTreePath } from "../files/tree.ts";
import { hostPlatform } from "../platform.ts";
import { missingFolders } from "./copy-plan.ts";
import { copyStep } from "./copy-step.ts";
import { applyMetadata, expandText, refuseFlags, type MetadataContext } from "./metadata.ts";
import { runStep } from "./run-step.ts";
import type { BuildSession } from "./session.ts";
import { createState, hashOf, inheritState, type StageState } from "./stage-state.ts";
import { parseUser } from "./users.ts";

/** Gives the finished state of another stage, building it first if need be. */
export type StageResolver = (index: number) => Promise<StageState>;

/**
 * Carries out the instructions of a stage.
 *
 * @throws {BuildError} with the line of the instruction that cannot be carried out
 */
export async function buildStage(
  session: BuildSession,
  stage: Stage,
  resolve: StageResolver,
): Promise<StageState> {
  const state = await startStage(session, stage, resolve);
  const total = stage.instructions.length;
  for (const [index, instruction] of stage.instructions.entries()) {
    session.options.signal?.throwIfAborted();
    const { line } = instruction;
    const text = describe(instruction);
    const stageName = stage.name ?? String(stage.index);
    session.options.onProgress?.({
      type: "step",
      stage: stageName,
      step: index + 1,
      steps: total,
      line,
      text,
    });
    const start = performance.now();
    const cached = await carryOut(session, stage, state, instruction, resolve);
    const ms = Math.round(performance.now() - start);
    session.options.onProgress?.({
      type: "step-done",
      line,
      cached,
      ms,
      text: cached ? `${text}: unchanged` : `${text}: ${ms} ms`,
    });
  }
  state.config.Env = [...state.env].map(([name, value]) => `${name}=${value}`);
  return state;
}

async function startStage(
  session: BuildSession,
  stage: Stage,
  resolve: StageResolver,
): Promise<StageState> {
  if (stage.from !== undefined && "stage" in stage.from) {
    const parent = await resolve(stage.from.stage);
    return inheritState(parent, parent.tree.entries(), stage.platform);
  }
  const image = stage.from?.image;
  const { bases } = session.options;
  const fetched =
    image === undefined || bases === undefined
      ? undefined
      : await fetchBase(session, bases, image, stage.platform);
  if (image !== undefined) sayBase(session, image, fetched);
  if (isFetched(fetched)) return startOnWhole(session, fetched, stage);
  const state = createState(image, stage.platform);
  if (image !== undefined) session.record(state, `FROM ${image} (recorded, not fetched)`, true);
  return state;
}

const isFetched = (found: FetchedBase | Words | undefined): found is FetchedBase =>
  typeof found === "object" && "whole" in found;

function sayBase(
  session: BuildSession,
  image: string,
  found: FetchedBase | Words | undefined,
): void {
  if (isFetched(found)) {
    const { digest } = found.whole;
    session.bases.set(image, { image, digest });
    tell(session, both`FROM ${image}: ${["fetched", "取得しました"]}, ${digest}`);
    return;
  }
  session.bases.set(image, { image, digest: undefined, ...(found && { reason: found }) });
  const own: Words = [
    "the workbook's own runtime in its place",
    "代わりにワークブックのランタイムを使います",
  ];
  if (found) tell(session, both`FROM ${image}: ${own} (${found})`);
}

function tell(session: BuildSession, said: Words): void {
  session.options.onProgress?.({ type: "base", text: text(said).en, said });
}

/** A stage that begins with all that its base image has and says. */
async function startOnWhole(
  session: BuildSession,
  { whole, config: { config, history }, layers, entries }: FetchedBase,
  stage: Stage,
): Promise<StageState> {
  const { Env = [], User, WorkingDir, Shell, ...rest } = config;
  const fresh = createState(undefined, stage.platform);
  const state: StageState = {
    ...fresh,
    whole,
    config: {
      ...structuredClone(rest),
      ...(User && { User }),
      ...(WorkingDir && { WorkingDir }),
      ...(Shell && { Shell }),
    },
    workdir: WorkingDir || "/",
    shell: Shell ?? fresh.shell,
    tree: FileTree.of(entries),
    layers: [...layers],
    history: [...history],
    key: hashOf("whole", whole.digest),
  };
  for (const variable of Env) {
    const at = variable.indexOf("=");
    state.env.set(variable.slice(0, at), variable.slice(at + 1));
  }
  if (User) {
    await session.readAccounts(state, User);
    state.user = parseUser(User, state, stage.line);
  }
  return state;
}

/** @returns whether the result was known from an earlier build; false for what needs no work */
async function carryOut(
  session: BuildSession,
  stage: Stage,
  state: StageState,
  instruction: Instruction,
  resolve: StageResolver,
): Promise<boolean> {
  const { plan, options } = session;
  const context: MetadataContext = {
    escape: plan.escape,
    lookup: createLookup(session, state, instruction),
    buildArgs: options.buildArgs ?? {},
    globalArgs: plan.globalArgs,
    platformArgs: plan.platformArgs,
  };
  if (instruction.keyword === "USER") await session.readAccounts(state, instruction.text);
  for (const { name, value } of instruction.flags)
    if (name === "chown") await session.readAccounts(state, value ?? "");
  switch (instruction.keyword) {
    case "ADD":
    case "COPY":
      return await copyStep(session, state, instruction, { ...context, stage, resolve });
    case "RUN":
      return await runStep(session, state, instruction, {
        ...context,
        hostPlatform: hostPlatform(),
      });
    case "WORKDIR":
      return await workdirStep(session, state, instruction, context);
  }
  if (!applyMetadata(state, instruction, context)) {
    throw new BuildError(
      "UNSUPPORTED",
      [`${instruction.keyword} is not supported`, `${instruction.keyword} には対応していません`],
      instruction,
    );
  }
  session.record(state, describe(instruction), true);
  return false;
}

/** ENV wins over ARG. https://docs.docker.com/reference/dockerfile/#using-arg-variables */
function createLookup(
  session: BuildSession,
  state: StageState,
  { keyword, line }: Instruction,
): Lookup {
  return (name) => {
    const value = state.env.get(name) ?? state.args.get(name);
    if (value === undefined)
      session.warn([
        `line ${line}: ${keyword} uses $${name}, which is not set`,
        `${line} 行目: ${keyword} の $${name} が設定されていません`,
      ]);
    return value;
  };
}

/** https://docs.docker.com/reference/dockerfile/#workdir: the folder is made if it does not exist. */
async function workdirStep(
  session: BuildSession,
  state: StageState,
  instruction: Instruction,
  context: MetadataContext,
): Promise<boolean> {
  refuseFlags(instruction);
  const path = toTreePath(expandText(instruction, context), state.workdir);
  state.workdir = `/${path}`;
  state.config.WorkingDir = state.workdir;
  const place = state.tree.resolve(path);
  const existing = state.tree.get(place);
  if (existing !== undefined && existing.type !== "directory") {
    throw new BuildError(
      "SYNTAX",
      [
        `WORKDIR ${state.workdir} is a ${existing.type}, not a folder`,
        `WORKDIR ${state.workdir} はフォルダーではなく ${existing.type} です`,
      ],
      instruction,
    );
  }
  if (existing !== undefined || place === "") {
    session.record(state, describe(instruction), true);
    return false;
  }
  const { uid, gid } = state.user;
  const key = hashOf(state.key, "WORKDIR", place, `${uid}:${gid}`);
  const known = await session.cache.get(key);
  if (known !== undefined) {
    await session.replay(state, key, known, describe(instruction));
    return true;
  }
  const folders = missingFolders(state.tree, place, { uid, gid });
  const changes = [...folders, { path: place, type: "directory" as const, mode: 0o755, uid, gid }];
  await session.commit(state, key, {
    changes,
    sources: new Map(),
    createdBy: describe(instruction),
    isOnDisk: false,
  });
  return false;
}
