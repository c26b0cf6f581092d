import { saidBy, say, UserError, type Language, type Words } from "@workbook/toolchain";
import { fullDisk } from "./disk-room.ts";
import { machineFault } from "./machine-faults.ts";
import { wrap } from "./output/wrap.ts";
import { style } from "./output/style.ts";
import { stateFolder } from "./workspace.ts";
import { nextStep } from "./output/next.ts";

/** Exit codes: 0 passed or nothing to do, 1 a check failed or a deployment did, 2 usage, 3 the environment is not ready. */
export function exitCodeOf(error: unknown, interrupted: boolean): number {
  if (interrupted) return 130;
  return toUserError(error)?.exitCode ?? 1;
}

const AGAIN: Words = [
  "put that right, then the same command; ./workbook hint helps",
  "そこを直してから、同じコマンドを。./workbook hint が役に立ちます",
];
const LOOK: Words = [
  "./workbook status, then ./workbook logs",
  "./workbook status、次に ./workbook logs",
];

/** Errors whose message is for people as it is, by name, and what comes next: no stack is shown. */
const KNOWN: ReadonlyMap<string, Words> = new Map([
  ["TerraformError", AGAIN],
  ["ReleaseError", LOOK],
  ["SynthesisError", AGAIN],
  ["SynthReadError", AGAIN],
  ["DockerfileError", AGAIN],
  ["BuildError", AGAIN],
]);

/** The error as one that says what to do, where it is one. What went wrong on a full disk went wrong because of it. */
function toUserError(error: unknown): UserError | undefined {
  const given = error instanceof UserError ? error : undefined;
  if (given && given.exitCode !== 1) return given;
  return machineFault(error) ?? fullDisk(stateFolder(process.env)) ?? given;
}

/** Breaks sentences where the terminal ends; commands are left whole, so that they can be copied. */
function fit(text: string): string {
  const { isTTY, columns } = process.stderr;
  return isTTY ? wrap(text, columns, "  ").trimStart() : text;
}

const INTERRUPTED: Words = [
  "Interrupted. The same command goes on from here.",
  "中断しました。同じコマンドでここから続きます。",
];
const ALL: Words = ["All that Terraform said", "Terraform の出力のすべて"];

/** An error for a terminal, in the reader's language: what, why, and the next command. */
export function formatError(error: unknown, interrupted: boolean, language: Language): string {
  if (interrupted) return say(INTERRUPTED, language);
  const known = toUserError(error);
  if (known)
    return `${style.bad("✗")} ${fit(known.said[language])}\n\n${say(nextStep(known.next), language)}`;
  if (!(error instanceof Error)) return String(error);
  const next = KNOWN.get(error.name);
  if (next !== undefined) {
    const log = (error as { logFile?: string }).logFile;
    const more = log === undefined ? "" : `\n\n${say(ALL, language)}: ${log}`;
    return `${style.bad("✗")} ${fit(saidBy(error)[language])}${more}\n\n${say(nextStep(next), language)}`;
  }
  return `${style.bad("✗")} ${error.stack ?? error.message}`;
}
