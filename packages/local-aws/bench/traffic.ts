import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { findGo } from "@workbook/toolchain";

/** One request, sent again and again. */
export interface Load {
  readonly port: number;
  /** The whole request, head and body. */
  readonly request: string;
  readonly connections: number;
  readonly seconds: number;
  /** Whether a connection is used again. */
  readonly keepAlive: boolean;
}

interface LoadResult {
  readonly answered: number;
  readonly failures: number;
  readonly seconds: number;
  readonly firstFailure?: string;
}

/** Requests at a rate that holds whatever the answers take; times are in milliseconds. */
export interface Pace {
  /** host:port. */
  readonly address: string;
  readonly host: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** How long the target takes for an answer: anything in between, as often. */
  readonly shortestMs: number;
  readonly longestMs: number;
  /** How much longer than that an answer may take. */
  readonly patienceMs: number;
}

export interface PaceResult {
  readonly sent: number;
  readonly answered: number;
  /** How often what went wrong did. */
  readonly failures: Readonly<Record<string, number>>;
  readonly mostUnderWay: number;
  /** From the first failure to the first answer to a request that was sent after the last one. */
  readonly outageMs: number;
  /** How much longer than the target's time answers took: median, 99th percentile, most. */
  readonly lateMs: readonly [number, number, number];
}

/** A server that answers every request with the same few bytes: the target behind load balancers. */
export interface TargetServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Makes the traffic: a small Go program (`traffic/`), because a client in Node.js spends more processor time on a
 * connection than what is measured does, and the machine has few processors.
 */
export class Traffic {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** Builds the program into `directory`. */
  static async build(root: string, directory: string): Promise<Traffic> {
    const go = await findGo({ root });
    const program = join(directory, "traffic");
    const env = { ...process.env, GOFLAGS: "", GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
    const cwd = join(import.meta.dirname, "traffic");
    await promisify(execFile)(go.path, ["build", "-o", program, "."], { cwd, env });
    return new Traffic(program);
  }

  /** Sends requests as fast as they are answered. Resolves to how many were; rejects where any failed. */
  async load({ port, ...load }: Load): Promise<{ answered: number; seconds: number }> {
    const options = { ...load, address: `127.0.0.1:${port}` };
    const result = await this.#run<LoadResult>("load", options);
    if (result.failures === 0) return result;
    const { failures, answered, firstFailure } = result;
    throw new Error(
      `of ${answered + failures} requests to port ${port}, ${failures} failed: ${firstFailure}`,
    );
  }

  /** Resolves when the last request has been answered, or has failed. */
  pace(pace: Pace): Promise<PaceResult> {
    return this.#run("pace", pace);
  }

  async #run<Result>(command: string, options: object): Promise<Result> {
    const child = spawn(this.#program, [command], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const closed = once(child, "close");
    child.stdin.end(JSON.stringify(options));
    await closed;
    return JSON.parse(output) as Result;
  }

  async serve(): Promise<TargetServer> {
    const child = spawn(this.#program, ["serve"], { stdio: ["pipe", "pipe", "inherit"] });
    const { port } = JSON.parse(await firstLine(child)) as { port: number };
    return {
      port,
      stop: async () => {
        const closed = once(child, "close");
        child.stdin.end();
        await closed;
      },
    };
  }
}

/** The first line that a program prints. Rejects where it ends without one. */
export async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error(`${child.spawnfile} ended without a word`);
}
