import { spawn } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** How a program is run that must outlive us. */
export interface DetachedOptions {
  readonly executable: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets all of its output. The program writes there itself, so that it goes on when nobody reads any more. */
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
  /** Told once, when the program runs. */
  readonly onPid?: (pid: number) => void;
  /** Becomes one interrupt; the program is then waited for, however long it takes. */
  readonly signal?: AbortSignal;
}

/** How often new output is looked for. */
const TAIL_MS = 50;

/**
 * Runs a program in a session of its own and resolves to its exit code. A closed terminal, Ctrl-C or even the death of
 * this process does not touch it: Terraform, once it has begun, must be able to finish its state.
 * @throws Error where it cannot be started
 */
export async function runDetached(options: DetachedOptions): Promise<number> {
  const log = openSync(options.logFile, "w", 0o600);
  const child = spawn(options.executable, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
  if (child.pid !== undefined) options.onPid?.(child.pid);
  const interrupt = () => void child.kill("SIGINT");
  options.signal?.addEventListener("abort", interrupt, { once: true });
  if (options.signal?.aborted) interrupt();
  const tail = new Tail(options.logFile, options.onLine ?? (() => {}));
  try {
    await follow(tail, exited);
    return await exited;
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
    tail.close();
  }
}

async function follow(tail: Tail, exited: Promise<number>): Promise<void> {
  let ended = false;
  const end = exited.then(
    () => (ended = true),
    () => (ended = true),
  );
  while (!ended) {
    tail.read();
    await Promise.race([end, delay(TAIL_MS)]);
  }
  tail.read();
  tail.finish();
}

/** Reads the lines of a file as it grows. */
class Tail {
  readonly #fd: number;
  readonly #file: string;
  readonly #onLine: (line: string) => void;
  #position = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(file: string, onLine: (line: string) => void) {
    this.#file = file;
    this.#fd = openSync(file, "r");
    this.#onLine = onLine;
  }

  read(): void {
    const size = statSync(this.#file).size;
    if (size <= this.#position) return;
    const chunk = Buffer.alloc(size - this.#position);
    this.#position += readSync(this.#fd, chunk, 0, chunk.length, this.#position);
    let data = Buffer.concat([this.#rest, chunk]);
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      this.#onLine(data.toString("utf8", 0, end));
      data = data.subarray(end + 1);
    }
    this.#rest = data;
  }

  finish(): void {
    if (this.#rest.length > 0) this.#onLine(this.#rest.toString("utf8"));
    this.#rest = Buffer.alloc(0);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
