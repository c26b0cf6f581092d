import type { Clock, Timer } from "../../clock/clock.ts";
import { EXEC_TEXTS } from "../../services/ecs/exec-texts.ts";
import {
  CannotOpenTerminalError,
  type TaskDriver,
  type Terminal,
  type TerminalSize,
} from "../runtime/driver.ts";
import type { ExecSession } from "../../services/ecs/state.ts";
import type { DataChannel } from "./data-channel.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations */
const IDLE_MS = 20 * 60_000;
/** How long a client's first size is waited for, so that its program finds it when it starts. */
const SIZE_MS = 500;
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** How far a client may be behind before the program has to wait for it. */
const MOST_BEHIND = 1024 * 1024;
/** What AWS's agent sets before an error. */
const ERROR_TITLE = "\n----------ERROR-------\n";

export interface ExecRunParts {
  readonly clock: Clock;
  readonly driver: TaskDriver;
  readonly session: ExecSession;
  readonly channel: DataChannel;
  /** Told all that the program writes. */
  record(data: Buffer): void;
  /** Called once nothing more is written, before the client hears that the session is over. */
  finished(): Promise<void>;
}

/** The program of a session, between its client and its container. */
export class ExecRun {
  readonly #parts: ExecRunParts;
  readonly #firstSize = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<void>();
  readonly #early: Buffer[] = [];
  #terminal: Terminal | undefined;
  #size = DEFAULT_SIZE;
  #idle: Timer | undefined;
  #isPaused = false;
  #isOver = false;
  #said = "";

  constructor(parts: ExecRunParts) {
    this.#parts = parts;
  }

  /** Runs the program to its end, and closes the channel. */
  async run(): Promise<void> {
    const { channel, clock } = this.#parts;
    const over = this.#over.promise.then(() => false);
    const isReady = await Promise.race([channel.open(), over]);
    if (!isReady) return this.#close(this.#said);
    const timer = clock.deadline(SIZE_MS, () => this.#firstSize.resolve());
    await Promise.race([this.#firstSize.promise, over]);
    timer.cancel();
    if (this.#isOver) return this.#close(this.#said);
    this.#stir();
    try {
      const terminal = await this.#open();
      this.#terminal = terminal;
      if (this.#isOver) terminal.end();
      for (const data of this.#early.splice(0)) terminal.write(data);
      const exitCode = await terminal.exited;
      await this.#close(this.#said, exitCode);
    } catch (error) {
      if (!(error instanceof CannotOpenTerminalError || error instanceof UnfinishedCommandError))
        throw error;
      const why = EXEC_TEXTS.cannotStart({ why: error.message });
      await this.#close(`${ERROR_TITLE}${why}\n`);
    } finally {
      this.#isOver = true;
      this.#idle?.cancel();
    }
  }

  input(data: Buffer): void {
    this.#stir();
    if (this.#terminal) this.#terminal.write(data);
    else this.#early.push(data);
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    this.#firstSize.resolve();
    this.#terminal?.resize(size);
  }

  /** Lets the program wait while its client is too far behind. */
  behind(bytes: number): void {
    const isPaused = bytes > MOST_BEHIND;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#terminal?.pause();
    else this.#terminal?.resume();
  }

  /** Hangs up. @param said what the client is told, if it is still there */
  end(said = ""): void {
    if (this.#isOver) return;
    this.#said = said;
    this.#isOver = true;
    this.#over.resolve();
    this.#terminal?.end();
  }

  async #close(said: string, exitCode?: number): Promise<void> {
    await this.#parts.finished();
    await this.#parts.channel.close(said, exitCode);
  }

  #open(): Promise<Terminal> {
    const { driver, session, channel, record } = this.#parts;
    return driver.openTerminal(session.taskArn, session.container, {
      command: splitWords(session.command),
      size: this.#size,
      output: (data) => {
        this.#stir();
        record(data);
        channel.output(data);
        this.behind(channel.behind);
      },
    });
  }

  /** Neither side has been silent for so long now. */
  #stir(): void {
    this.#idle?.cancel();
    if (this.#isOver) return;
    this.#idle = this.#parts.clock.deadline(IDLE_MS, () => this.end(EXEC_TEXTS.timedOut()));
  }
}

/** A command that is not whole. */
class UnfinishedCommandError extends Error {
  override readonly name = "UnfinishedCommandError";
}

/**
 * The words of a command as AWS's agent splits it: by blanks, but for those in quotes and behind a backslash. No shell looks at it, so that
 * variables, pipes and assignments are ordinary words. https://pkg.go.dev/github.com/google/shlex
 * @throws UnfinishedCommandError where a quote is open at its end
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  const add = (character: string) => (word = (word ?? "") + character);
  for (let at = 0; at < command.length; at++) {
    const character = command[at]!;
    if (quote) {
      if (character === quote) quote = undefined;
      else if (character === "\\" && quote === '"' && at + 1 < command.length) add(command[++at]!);
      else add(character);
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\" && at + 1 < command.length) add(command[++at]!);
    else if (character === "#" && word === undefined) {
      const end = command.indexOf("\n", at);
      if (end === -1) break;
      at = end;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else add(character);
  }
  if (quote) throw new UnfinishedCommandError("EOF found when expecting closing quote");
  if (word !== undefined) words.push(word);
  return words;
}
