import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pollUntil } from "@workbook/lab-kit";

const run = promisify(execFile);

/** What the prompt looks like: the number of the command to type, and how the last one ended. */
const PROMPT = /\[(\d+):(\d+)\]\$ *$/;

/** How a terminal is opened. */
export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  /** The whole environment of its shell. */
  readonly env: NodeJS.ProcessEnv;
}

/** What a command at the prompt came to. */
export interface Typed {
  readonly code: number;
  /** All that the terminal shows of it. */
  readonly text: string;
}

/** A terminal with a shell in it, by tmux: https://man.openbsd.org/tmux */
export class TestTerminal {
  readonly #folder = mkdtempSync(join(tmpdir(), "terminal-"));
  readonly #env: NodeJS.ProcessEnv;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Opens a terminal; resolves when the shell waits for a command. */
  static async open({ columns, rows, cwd, env }: TerminalOptions): Promise<TestTerminal> {
    const terminal = new TestTerminal({ ...env, TERM: "xterm-256color" });
    const settings = join(terminal.#folder, "bashrc");
    writeFileSync(settings, String.raw`PS1='[\#:$?]$ '`);
    const size = ["-x", String(columns), "-y", String(rows)];
    await terminal.#tmux(
      "new-session",
      "-d",
      ...size,
      "-c",
      cwd,
      `exec bash --noprofile --rcfile '${settings}'`,
    );
    await terminal.waitFor(PROMPT);
    return terminal;
  }

  /** Types a command and waits until the next prompt. */
  async type(command: string, deadlineMs: number): Promise<Typed> {
    const number = Number(PROMPT.exec(await this.screen())?.[1]);
    await this.#tmux("send-keys", "-R");
    await this.#tmux("clear-history");
    await this.begin(command);
    const { met, last } = await pollUntil(
      async () => this.#everything(),
      (text) => Number(PROMPT.exec(text)?.[1]) > number,
      { deadlineMs },
    );
    if (!met) throw new Error(`"${command}" has not ended:\n${last}`);
    return { code: Number(PROMPT.exec(last)![2]), text: last };
  }

  /** Types a command and does not wait. */
  async begin(command: string): Promise<void> {
    await this.#tmux("send-keys", "-l", command);
    await this.press("Enter");
  }

  /** Presses a key, by tmux's name of it. */
  async press(key: string): Promise<void> {
    await this.#tmux("send-keys", key);
  }

  /** Makes the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What the terminal shows now, without the empty lines at its end. */
  async screen(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p", "-J")).trimEnd();
  }

  /** Waits until the screen shows something; resolves to the screen. */
  async waitFor(what: string | RegExp, deadlineMs = 60_000): Promise<string> {
    const { met, last } = await pollUntil(
      () => this.screen(),
      (text) => (typeof what === "string" ? text.includes(what) : what.test(text)),
      { deadlineMs },
    );
    if (!met) throw new Error(`the terminal never showed ${what}, but at last:\n${last}`);
    return last;
  }

  /** Closes the window, as a person does: what runs in it gets a SIGHUP. */
  async close(): Promise<void> {
    await this.#tmux("kill-server");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #everything(): Promise<string> {
    return (await this.#tmux("capture-pane", "-p", "-J", "-S", "-")).trimEnd();
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const socket = join(this.#folder, "socket");
    const { stdout } = await run("tmux", ["-S", socket, "-f", "/dev/null", ...args], {
      env: this.#env,
    });
    return stdout;
  }
}
