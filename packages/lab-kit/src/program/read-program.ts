import { dirname } from "node:path";
import type { SynthReader } from "../synth-reader.ts";
import { explainOutput } from "./explain-output.ts";
import type { Problem } from "./problem.ts";
import { SynthesisError } from "./synthesis-error.ts";
import { TypeChecker } from "./type-checker.ts";

/**
 * Reads a program: checks its types while it is synthesised. The compiler's sentence goes before what the program says
 * itself. What the workbook brings (`start`, `solution`) is known to be right.
 *
 * @param variant `start`, `solution`, or the path of a `stack.ts`
 * @param synthesise synthesises the variant; the signal is for where that is of no use
 * @param checker waits with what it knows of the program; a new one, for this once, unless told
 * @returns what came of it, with all that is wrong all the same: with its types, or with what it wrote
 * @throws {SynthesisError} where there is nothing to read; its message says what is wrong, where, and what to do
 */
export async function readProgram(
  variant: string,
  synthesise: (signal: AbortSignal) => Promise<SynthReader>,
  checker?: TypeChecker,
): Promise<SynthReader> {
  const stop = new AbortController();
  const checked = checkTypes(variant, checker).then((wrong) => {
    // What cannot run need not be waited for.
    if (wrong.some(({ isFatal }) => isFatal)) stop.abort();
    return wrong;
  });
  const [types, synth] = await Promise.allSettled([checked, synthesise(stop.signal)]);
  if (types.status === "rejected") throw types.reason;
  const wrong = types.value;
  if (synth.status === "fulfilled") {
    if (isOurs(variant)) return synth.value;
    return synth.value.with(wrong.length > 0 ? wrong : explainOutput(synth.value));
  }
  const isOfTheProgram = stop.signal.aborted || synth.reason instanceof SynthesisError;
  throw isOfTheProgram && wrong.length > 0
    ? new SynthesisError(wrong, dirname(variant))
    : synth.reason;
}

/** Refuses a program with which something is wrong. @throws {SynthesisError} */
export function requireRight({ problems, directory }: SynthReader): void {
  if (problems.length > 0) throw new SynthesisError(problems, directory);
}

/** Refuses a program whose types are wrong, before anything is waited for. @throws {SynthesisError} */
export async function requireTypes(variant: string): Promise<void> {
  const wrong = await checkTypes(variant);
  if (wrong.length > 0) throw new SynthesisError(wrong, dirname(variant));
}

async function checkTypes(variant: string, checker?: TypeChecker): Promise<readonly Problem[]> {
  if (isOurs(variant)) return [];
  if (checker) return checker.check(variant);
  const own = new TypeChecker();
  try {
    return await own.check(variant);
  } finally {
    await own.close();
  }
}

function isOurs(variant: string): boolean {
  return variant === "start" || variant === "solution";
}
