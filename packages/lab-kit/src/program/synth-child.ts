// Waits, then runs the labs' `main.ts` once for a lab and tells how that went: see synth-process.ts.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import type { Answer, Order, Origins, Thrown } from "./synth-process.ts";

const [directory = "", preloaded] = process.argv.slice(2);
const main = join(dirname(directory), "main.ts");

const exit = process.exit.bind(process);

// Whoever waits for the answer is gone: there is nothing left to do.
process.once("disconnect", () => exit());
process.once("message", (order: Order) => void run(order));

// The solution needs what the learner's answer will need; its classes are loaded, and none is made.
if (preloaded !== undefined) await import(pathToFileURL(preloaded).href);

async function run({ variant, stack, env, patienceMs }: Order): Promise<void> {
  const origins: Origins = {};
  const answer = (outcome: { readonly thrown?: Thrown; readonly exports?: readonly string[] }) =>
    process.send!({ origins, ...outcome } satisfies Answer);
  Object.assign(process.env, env);
  process.argv.splice(1, process.argv.length - 1, main, variant);
  noteOrigins(dirname(stack), origins);
  watchForStandstill(patienceMs);
  const fail = (error: unknown) => answer({ thrown: describe(error) });
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  // An early end is told like an error: where it stands.
  process.exit = (code) => {
    throw Object.assign(new Error(`process.exit(${code ?? ""})`), { code: "PROCESS_EXIT" });
  };
  // A program that waits for nothing more ends by itself, the one that waits for ever as well.
  process.channel?.unref();
  try {
    const exports = Object.keys((await import(pathToFileURL(stack).href)) as object);
    await import(pathToFileURL(main).href);
    // A promise that nobody has caught is told of after this.
    await new Promise(setImmediate);
    // What `main.ts` refuses it has said itself, and it has set the exit code.
    if (process.exitCode) process.disconnect();
    else answer({ exports });
  } catch (error) {
    fail(error);
  }
}

/**
 * Notes where in the learner's files each element is made. cdktf has no stack traces any more; what it calls when an
 * element is made is the one place that all of them pass.
 */
function noteOrigins(folder: string, origins: Origins): void {
  const { Node } = constructs() ?? {};
  if (Node === undefined) return;
  const addMetadata = Node.prototype.addMetadata;
  Node.prototype.addMetadata = function (this: { path: string }, type: string, ...rest) {
    if (type === "stacktrace") origins[this.path] = callerIn(folder);
    return addMetadata.call(this, type, ...rest);
  };
}

type NodeClass = {
  prototype: { addMetadata(this: { path: string }, type: string, ...rest: unknown[]): void };
};

/** The very module that the lab's program imports; undefined where it imports none. */
function constructs(): { Node?: NodeClass } | undefined {
  try {
    return createRequire(main)("constructs") as { Node?: NodeClass };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** The nearest call in a folder's own files; null where there is none. */
function callerIn(folder: string): Origins[string] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = limit;
  for (const [, url, line, column] of stack.matchAll(/(file:\/\/\S+?):(\d+):(\d+)\)?$/gm)) {
    const file = fileURLToPath(url!);
    if (file.startsWith(`${folder}/`) && !file.includes("/node_modules/"))
      return { file, line: Number(line), column: Number(column) };
  }
  return null;
}

/** Another thread looks where this one is when its time is over. */
function watchForStandstill(patienceMs: number): void {
  const worker = new Worker(new URL("./standstill-watch.ts", import.meta.url), {
    workerData: { patienceMs },
    execArgv: [],
  });
  worker.unref();
}

function describe(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: "", message: inspect(error), stack: "", code: "" };
  const { name, message, stack = "", code = "" } = error as NodeJS.ErrnoException;
  return { name, message, stack, code: String(code) };
}
