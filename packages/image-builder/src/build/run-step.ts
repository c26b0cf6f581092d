import { text } from "@workbook/toolchain";
import { BuildError } from "../errors.ts";
import { describe } from "../dockerfile/describe.ts";
import type { Instruction } from "../dockerfile/parse.ts";
import { expandWord } from "../dockerfile/words.ts";
import { formatPlatform, samePlatform, type Platform } from "../platform.ts";
import type { RunCommand } from "../run/command.ts";
import { execute, type CommandResult } from "../run/execute.ts";
import { prepareInNamespace } from "../run/namespace.ts";
import { preparePortable } from "../run/portable.ts";
import { diffSnapshot, removeTraces, takeSnapshot } from "../run/snapshot.ts";
import type { ResolvedTools } from "../run/tools.ts";
import type { MetadataContext } from "./metadata.ts";
import { parseRunFlags } from "./run-flags.ts";
import type { BuildSession } from "./session.ts";
import { hashOf, type StageState } from "./stage-state.ts";

const NO_TOOLS: ResolvedTools = { programs: [], folders: [], fingerprint: "none" };

/**
 * Carries out a RUN: the command changes the stage's file system, and what it changed becomes a layer.
 *
 * @returns whether the result was known from an earlier build
 * @throws {BuildError} `RUN_FAILED` with the end of its output if the command fails
 */
export async function runStep(
  session: BuildSession,
  state: StageState,
  instruction: Instruction,
  context: MetadataContext & { hostPlatform: Platform },
): Promise<boolean> {
  const { line, json, text } = instruction;
  refusePlatform(state.platform, context.hostPlatform, line);
  const mounts = parseRunFlags(instruction, (value) => expandWord(value, { ...context, line }));
  const argv = json ?? [...state.shell, text];
  const env = { ...Object.fromEntries(state.args), ...Object.fromEntries(state.env) };
  // A whole base has programs of its own.
  const tools = state.whole === undefined ? session.tools : NO_TOOLS;
  const key = hashOf(
    state.key,
    "RUN",
    JSON.stringify([
      argv,
      mounts,
      Object.entries(env),
      state.workdir,
      state.user,
      tools.fingerprint,
    ]),
  );
  const known = await session.cache.get(key);
  if (known !== undefined) {
    await session.replay(state, key, known, describe(instruction));
    return true;
  }
  const rootfs = await session.materialise(state);
  await runAndCommit(session, state, key, instruction, {
    argv,
    isShellForm: json === undefined,
    env,
    workdir: state.workdir,
    user: state.user,
    mounts,
    line,
    rootfs,
    tree: state.tree,
    isWhole: state.whole !== undefined,
    tools,
    caller: session.caller,
    cacheDir: session.cacheDir,
    scratchDir: session.scratchDir,
  });
  return false;
}

/** What runs in a stage runs on this machine. */
function refusePlatform(wanted: Platform, here: Platform, line: number): void {
  if (samePlatform(wanted, here)) return;
  const [stage, machine] = [formatPlatform(wanted), formatPlatform(here)];
  throw new BuildError(
    "UNSUPPORTED",
    [
      `RUN in a stage for ${stage} cannot be carried out on ${machine}; begin the stage with FROM --platform=$BUILDPLATFORM`,
      `${stage} 用のステージの RUN は ${machine} では実行できません。FROM --platform=$BUILDPLATFORM で始めてください`,
    ],
    { line },
  );
}

async function runAndCommit(
  session: BuildSession,
  state: StageState,
  key: string,
  instruction: Instruction,
  command: RunCommand,
): Promise<void> {
  const { rootfs, tree, line, user } = command;
  const before = await takeSnapshot(rootfs);
  const programs = await session.namespace();
  const prepared = await (programs === undefined
    ? preparePortable(command)
    : prepareInNamespace(command, programs));
  for (const warning of prepared.warnings) session.warn(warning);
  try {
    const result = await execute(prepared, {
      onLine: (text) => session.options.onProgress?.({ type: "output", line, text }),
      signal: session.options.signal,
    });
    if (result.exitCode !== 0) throw toError(result, instruction);
    await removeTraces(rootfs, user.home, before);
  } finally {
    await prepared.cleanUp();
  }
  const { changes, sources } = await diffSnapshot(rootfs, before, { tree, owner: user, line });
  await session.commit(state, key, {
    changes,
    sources,
    createdBy: describe(instruction),
    isOnDisk: true,
  });
}

function toError(
  { exitCode, signal, tail }: CommandResult,
  { text: command, line }: Instruction,
): BuildError {
  const how = text(
    signal === undefined
      ? [`exit code ${exitCode}`, `終了コード ${exitCode}`]
      : [`signal ${signal}`, `シグナル ${signal}`],
  );
  const output = text(
    tail.length === 0 ? [" It wrote nothing.", "出力はありません。"] : `\n${tail.join("\n")}`,
  );
  const said = [
    `RUN ${command}: ended with ${how.en}.${output.en}`,
    `RUN ${command}: ${how.ja} で終わりました。${output.ja}`,
  ] as const;
  return new BuildError("RUN_FAILED", said, { line });
}
