import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A pipe for one of a container's outputs. */
export interface OutputPipe {
  readonly reader: Socket;
  /** The descriptor to give to the process, and to close when it has it. */
  readonly writer: number;
}

/**
 * Makes pipes for stdout and stderr. Node gives its children sockets, which a program cannot open again by name:
 * `echo >/dev/stderr` and logs linked to `/dev/stdout` work in a container, and fail on a socket. Named pipes of the
 * system are real ones; their names are gone before the process starts.
 */
export async function makeOutputPipes(): Promise<{ stdout: OutputPipe; stderr: OutputPipe }> {
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
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  return { reader: new Socket({ fd, readable: true, writable: false }), writer };
}

export function closePipes(...pipes: readonly OutputPipe[]): void {
  for (const { writer } of pipes) closeSync(writer);
}
