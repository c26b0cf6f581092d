import type { IPty } from "@lydell/node-pty";
import { CannotOpenTerminalError, type Terminal, type TerminalRequest } from "./driver.ts";

/** What a program at a session's terminal finds in its environment, where the container has no word on it. */
export const TERMINAL_VARIABLES = { TERM: "xterm-256color", LANG: "C.UTF-8" } as const;

/** A program of this machine to run at a terminal. */
export interface PtyProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program that leads a session of its own at a terminal of this machine. */
export interface Pty extends Omit<Terminal, "end"> {
  readonly pid: number;
}

export type OpenPty = (program: PtyProgram, request: Omit<TerminalRequest, "command">) => Pty;

/**
 * Loads what makes terminals, which no server needs before the first is asked for.
 * @throws CannotOpenTerminalError where this machine has none
 */
export async function loadPty(): Promise<OpenPty> {
  const { spawn } = await import("@lydell/node-pty").catch((error: unknown) => {
    throw new CannotOpenTerminalError(`no terminal can be made on this machine: ${String(error)}`);
  });
  return ({ file, args, cwd, env }, { size, output }) => {
    const { columns: cols, rows } = size;
    const name = TERMINAL_VARIABLES.TERM;
    const pty = spawn(file, [...args], { name, cols, rows, cwd, env, encoding: null });
    // Without an encoding what it tells is bytes.
    pty.onData((data) => output(data as unknown as Buffer));
    return toPty(pty);
  };
}

function toPty(pty: IPty): Pty {
  let isRunning = true;
  const exited = new Promise<number>((resolve) =>
    pty.onExit(({ exitCode, signal }) => {
      isRunning = false;
      resolve(signal ? 128 + signal : exitCode);
    }),
  );
  return {
    pid: pty.pid,
    exited,
    write: (data) => {
      // Bytes go through as they are, whatever the type says.
      if (isRunning) pty.write(data as unknown as string);
    },
    resize: ({ columns, rows }) => {
      if (isRunning) resize(pty, columns, rows);
    },
    pause: () => pty.pause(),
    resume: () => pty.resume(),
  };
}

function resize(pty: IPty, columns: number, rows: number): void {
  try {
    pty.resize(columns, rows);
  } catch (error) {
    // The program has ended, and word of it is on the way.
    if (!/EBADF|ENOTTY|EIO/.test(String(error))) throw error;
  }
}
