import { spawn, type ChildProcess, execFile } from "node:child_process";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import { readLines, takeAway } from "../read-lines.ts";
import type { ProcessMarks } from "./process-marks.ts";
import { forgetProcess, killGroup, recordProcess } from "./process-records.ts";
import { couldNotRun } from "../reasons.ts";
import type { Strays } from "./strays.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Launch } from "./tier.ts";
import { closeSync, constants as open, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";

/** A pipe for one of a container's outputs. */
interface OutputPipe {
  readonly reader: Socket;
  /** The descriptor to give to the process, and to close when it has it. */
  readonly writer: number;
}

/**
 * Makes pipes for stdout and stderr. Node gives its children sockets, which a program cannot open again by name:
 * `echo >/dev/stderr` and logs linked to `/dev/stdout` work in a container, and fail on a socket. Named pipes of the
 * system are real ones; their names are gone before the process starts.
 */
async function makeOutputPipes(): Promise<{ stdout: OutputPipe; stderr: OutputPipe }> {
  const directory = mkdtempSync(join(tmpdir(), "task-output-"));
  try {
    const [stdout, stderr] = [join(directory, "1"), join(directory, "2")] as const;
    const env = { PATH: "/usr/bin:/bin" };
    await promisify(execFile)("mkfifo", ["-m", "600", stdout, stderr], { env });
    return { stdout: openBoth(stdout), stderr: openBoth(stderr) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The reader first, without waiting for a writer; then the writer, which finds a reader and does not wait either. */
function openBoth(path: string): OutputPipe {
  const fd = openSync(path, open.O_RDONLY | open.O_NONBLOCK);
  const writer = openSync(path, open.O_WRONLY);
  return { reader: new Socket({ fd, readable: true, writable: false }), writer };
}

function closePipes(...pipes: readonly OutputPipe[]): void {
  for (const { writer } of pipes) closeSync(writer);
}

/** How long output of a program that has ended is waited for: something that left its group may hold the pipe. */
const OUTPUT_GRACE_MS = 1000;

export interface ContainerProcessParts {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly marks: ProcessMarks;
  readonly strays: Strays;
  /** Where the process is recorded, and under what name. */
  readonly directory: string;
  readonly name: string;
  output(stream: "stdout" | "stderr", line: string): void | Promise<void>;
}

type Pipes = Awaited<ReturnType<typeof makeOutputPipes>>;

/** A container's process group. */
export class ContainerProcess {
  readonly pid: number;
  /** Resolves to the exit code, as Docker counts: 128 and the signal's number for one that was killed. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  readonly #mark: string | undefined;
  #running = true;

  private constructor(
    child: ChildProcess,
    pid: number,
    mark: string | undefined,
    pipes: Pipes,
    parts: ContainerProcessParts,
  ) {
    this.#child = child;
    this.#mark = mark;
    this.pid = pid;
    // Both at once, before anything else can happen in this process: from here on the group cannot be lost.
    parts.supervisor.watch(pid);
    recordProcess(parts.directory, parts.name, pid, mark);
    this.exited = this.#follow(pipes, parts);
  }

  /** @throws CannotStartError where the system refuses to run the file */
  static async start(launch: Launch, parts: ContainerProcessParts): Promise<ContainerProcess> {
    const pipes = await makeOutputPipes();
    try {
      const { started: child, mark } = parts.marks.start(() => spawnGroup(launch, pipes));
      // A pid is there at once, unless the process could not be made: then the event tells why.
      if (child.pid !== undefined)
        return new ContainerProcess(child, child.pid, mark, pipes, parts);
      throw await new Promise<Error>((resolve) => child.once("error", resolve));
    } catch (error) {
      pipes.stdout.reader.destroy();
      pipes.stderr.reader.destroy();
      throw new CannotStartError(couldNotRun((error as Error).message), { cause: error });
    } finally {
      closePipes(pipes.stdout, pipes.stderr);
    }
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** Signals the whole group. Once it has ended nothing happens. */
  signal(signal: NodeJS.Signals | number): void {
    if (this.#running) killGroup(this.pid, signal);
  }

  async #follow({ stdout, stderr }: Pipes, parts: ContainerProcessParts): Promise<number> {
    const read = [
      readLines(stdout.reader, (line) => parts.output("stdout", line)),
      readLines(stderr.reader, (line) => parts.output("stderr", line)),
    ];
    const code = await new Promise<number>((resolve) =>
      this.#child.once("exit", (exitCode, signal) =>
        resolve(exitCode ?? 128 + (signal ? constants.signals[signal] : 0)),
      ),
    );
    // As with a container, the end of its first process is the end of all others.
    killGroup(this.pid, "SIGKILL");
    this.#running = false;
    const marks = this.#mark === undefined ? [] : [this.#mark];
    await parts.strays.kill({ directory: join(parts.directory, parts.name), marks });
    parts.supervisor.forget(this.pid);
    forgetProcess(parts.directory, parts.name);
    const grace = parts.clock.deadline(OUTPUT_GRACE_MS, () => {
      takeAway(stdout.reader);
      takeAway(stderr.reader);
    });
    await Promise.all(read);
    grace.cancel();
    return code;
  }
}

/** In a session and a process group of its own, so that all it starts ends with it. */
function spawnGroup(launch: Launch, { stdout, stderr }: Pipes): ChildProcess {
  const [argv0, ...args] = launch.argv;
  return spawn(launch.file, args, {
    argv0: argv0!,
    cwd: launch.workingDirectory,
    env: launch.environment,
    detached: true,
    stdio: ["ignore", stdout.writer, stderr.writer],
  });
}
