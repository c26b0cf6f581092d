import { say, type Language, type Words } from "@workbook/toolchain";
import type { Terminal } from "./learn/owner.ts";
import { learnerFolder, type LearnerFolder } from "./learn/learner-folder.ts";
import { Progress } from "./output/progress.ts";
import { ChosenTarget, type TargetName } from "./target/chosen-target.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

/** How a command was called. */
export interface SessionOptions {
  readonly language: Language;
  readonly json: boolean;
  readonly signal: AbortSignal;
  readonly target: TargetName;
  readonly yes: boolean;
}

/**
 * What a command is given: the workspace, which is fixed; the target, which was chosen; who reads, and when to stop. It changes
 * nothing and finds nothing out by itself.
 */
export class Session {
  readonly progress: Progress;
  /** Where the command acts. */
  readonly target: ChosenTarget;
  readonly #options: SessionOptions;
  #workspace: Workspace | undefined;

  constructor(options: SessionOptions, workspace?: Workspace) {
    this.#options = options;
    this.#workspace = workspace;
    this.progress = new Progress(options.language, process.stderr, options.signal);
    this.target = new ChosenTarget(options.target, this);
  }

  /** The clone; opened when it is first asked for, because not every command minds what is in it. */
  get workspace(): Workspace {
    this.#workspace ??= openWorkspace();
    return this.#workspace;
  }

  /** The learner's own files. */
  get learner(): LearnerFolder {
    return learnerFolder(this.workspace);
  }

  /** What the reader is spoken to in. */
  get language(): Language {
    return this.#options.language;
  }

  /** Machine output is wanted: one JSON value on standard output. */
  get json(): boolean {
    return this.#options.json;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
  }

  /** Questions are answered with yes. */
  get yes(): boolean {
    return this.#options.yes;
  }

  /** The terminal, where a person can be asked. */
  get terminal(): Terminal | undefined {
    const { stdin: input, stderr: output } = process;
    return !this.json && input.isTTY && output.isTTY ? { input, output } : undefined;
  }

  /** Words in the reader's language. */
  say(words: Words): string {
    return say(words, this.language);
  }

  /** Writes a result to standard output: `value` as JSON where that is wanted, else the words. */
  result(value: unknown, words: Words): void {
    const text = this.json ? JSON.stringify(value, null, 2) : this.say(words);
    process.stdout.write(`${text}\n`);
  }

  /** The same session, which another signal ends too: a piece of work that is stopped without ending the command. */
  within(signal: AbortSignal): Session {
    const signals = AbortSignal.any([this.signal, signal]);
    return new Session({ ...this.#options, signal: signals }, this.#workspace);
  }
}
