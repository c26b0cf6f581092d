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
    const child = spawn(this.#program, ["load"], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    const closed = once(child, "close");
    child.stdin.end(JSON.stringify({ ...load, address: `127.0.0.1:${port}` }));
    await closed;
    const result = JSON.parse(output) as LoadResult;
    if (result.failures === 0) return result;
    const { failures, answered, firstFailure } = result;
    throw new Error(
      `of ${answered + failures} requests to port ${port}, ${failures} failed: ${firstFailure}`,
    );
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
