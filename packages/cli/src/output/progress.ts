import type { DeployReporter, StepReporter } from "@workbook/lab-kit";
import type { TerraformEvent } from "@workbook/lab-kit/deploy";
import { say, type Language, type Words } from "@workbook/toolchain";
import { explainWait } from "./fixed-waits.ts";
import { LiveArea } from "./live-area.ts";
import { formatDuration, isInteractive, style } from "./style.ts";

/** How long something took; for the summary at the end. */
export interface Timing {
  readonly title: Words;
  readonly ms: number;
}

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
/** How many resources are shown at work at once. */
const SHOWN = 6;

/** Shows steps on standard error: moving lines for a person at a terminal, plain ones otherwise. */
export class Progress implements DeployReporter {
  readonly timings: Timing[] = [];
  /** Resources that took long, by how long. */
  readonly resources: Timing[] = [];
  readonly #language: Language;
  readonly #stream: NodeJS.WriteStream;
  readonly #area: LiveArea | undefined;
  readonly #signal: AbortSignal | undefined;
  /** What each step under way shows, in the order in which they began. */
  readonly #shown = new Map<StepReporter, readonly string[]>();

  get interrupted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** @param signal once it is aborted, a step that ends before its work is done has been interrupted, and has not failed */
  constructor(
    language: Language,
    stream: NodeJS.WriteStream = process.stderr,
    signal?: AbortSignal,
  ) {
    this.#language = language;
    this.#stream = stream;
    this.#signal = signal;
    this.#area = isInteractive(stream) ? new LiveArea(stream) : undefined;
  }

  /** A line that stays. */
  print(words: Words): void {
    const text = say(words, this.#language);
    if (this.#area) this.#area.print(text);
    else this.#stream.write(`${text}\n`);
  }

  step(title: Words): StepReporter {
    return new Step(title, this, this.#language, this.#area !== undefined);
  }

  /** Draws what a step shows now, with what the others do beside it; without lines it shows nothing any more. */
  show(step: StepReporter, lines?: readonly string[]): void {
    if (lines) this.#shown.set(step, lines);
    else this.#shown.delete(step);
    this.#area?.draw([...this.#shown.values()].flat());
  }
}

/** What Terraform warns of where providers come from a mirror: its lock file holds this platform's hashes alone, as it should. */
const ONE_PLATFORM = "Incomplete lock file information";
/** Without a terminal, what is done sooner is not announced: one line says that it is done. */
const ANNOUNCED_MS = 1000;

interface Working {
  readonly action: string;
  readonly since: number;
  announcement?: NodeJS.Timeout;
}

class Step implements StepReporter {
  readonly #title: string;
  readonly #progress: Progress;
  readonly #language: Language;
  /** Lines move, and nothing has to be announced. */
  readonly #isLive: boolean;
  readonly #since = performance.now();
  readonly #working = new Map<string, Working>();
  readonly #timer: NodeJS.Timeout | undefined;
  #detail = "";
  #announcement: NodeJS.Timeout | undefined;
  #frame = 0;
  #done = 0;

  constructor(title: Words, progress: Progress, language: Language, isLive: boolean) {
    this.#title = say(title, language);
    this.#progress = progress;
    this.#language = language;
    this.#isLive = isLive;
    if (!isLive) {
      progress.print(`• ${this.#title}`);
      return;
    }
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#draw();
  }

  detail(what: Words): void {
    const text = say(what, this.#language);
    if (text === this.#detail) return;
    this.#detail = text;
    if (this.#isLive) return;
    clearTimeout(this.#announcement);
    this.#announcement = setTimeout(() => this.#print("   ", text), ANNOUNCED_MS);
  }

  terraform(event: TerraformEvent): void {
    switch (event.type) {
      case "started":
        return this.#start(event.address, event.action);
      case "finished":
        return this.#finish(event.address, event.action);
      case "failed":
        this.#forget(event.address);
        return this.#print(`  ${style.bad("✗")}`, event.address);
      case "diagnostic":
        if (event.severity === "warning" && !event.text.startsWith(ONE_PLATFORM))
          this.#print("  !", event.text.split("\n", 1)[0]!);
        return;
      case "waiting":
        return this.detail(event.said);
      default:
    }
  }

  end(summary: Words): void {
    this.#close(`${style.good("✓")} ${style.name(this.#title)}  ${say(summary, this.#language)}`);
  }

  /** What went wrong is said by the error that ends the command: once is enough. */
  fail(): void {
    if (this.#progress.interrupted) this.stop();
    else this.#close(`${style.bad("✗")} ${style.name(this.#title)}`);
  }

  stop(): void {
    const what = this.#say(["interrupted", "中断"]);
    this.#close(`${style.quiet("·")} ${style.name(this.#title)}  ${what}`);
  }

  #start(address: string, action: string): void {
    if (action === "read") return;
    const working: Working = { action, since: performance.now() };
    this.#working.set(address, working);
    if (this.#isLive) return;
    const why = explainWait(address, action);
    const doing = `${this.#doing(action, address)}${why ? ` (${this.#say(why)})` : " …"}`;
    working.announcement = setTimeout(() => this.#print("   ", doing), ANNOUNCED_MS);
  }

  #finish(address: string, action: string): void {
    const working = this.#working.get(address);
    if (!working) return;
    clearTimeout(working.announcement);
    this.#working.delete(address);
    this.#done += 1;
    const ms = performance.now() - working.since;
    this.#progress.resources.push({ title: address, ms });
    if (this.#isLive) return;
    const [doing, took] = [this.#doing(action, address), formatDuration(ms)];
    this.#print("   ", this.#say([`${doing}: done in ${took}`, `${doing}: 完了 (${took})`]));
  }

  /** A line that stays. Where nothing moves, lines of steps side by side are mixed: each says whose it is. */
  #print(mark: string, text: string): void {
    this.#progress.print(`${mark} ${this.#isLive ? "" : `${this.#title}: `}${text}`);
  }

  #forget(address: string): void {
    clearTimeout(this.#working.get(address)?.announcement);
    this.#working.delete(address);
  }

  #close(line: string): void {
    clearInterval(this.#timer);
    clearTimeout(this.#announcement);
    for (const address of this.#working.keys()) this.#forget(address);
    const ms = performance.now() - this.#since;
    this.#progress.timings.push({ title: this.#title, ms });
    if (this.#isLive) this.#progress.show(this);
    this.#progress.print(`${line}  ${style.quiet(formatDuration(ms))}`);
  }

  #draw(): void {
    const frame = FRAMES[this.#frame++ % FRAMES.length];
    const elapsed = formatDuration(performance.now() - this.#since);
    const count =
      this.#done > 0 ? `${this.#say([`${this.#done} done`, `${this.#done} 件完了`])}  ` : "";
    const detail = this.#working.size > 0 ? "" : this.#detail;
    const lines = [
      `${frame} ${style.name(this.#title)}  ${count}${detail}  ${style.quiet(elapsed)}`,
    ];
    const longest = [...this.#working].slice(0, SHOWN);
    for (const [address, { action, since }] of longest) {
      const why = explainWait(address, action);
      const ms = formatDuration(performance.now() - since);
      const note = style.quiet(`${ms}${why ? ` · ${this.#say(why)}` : ""}`);
      lines.push(`    ${this.#doing(action, address)} ${note}`);
    }
    const rest = this.#working.size - SHOWN;
    if (rest > 0)
      lines.push(style.quiet(`    ${this.#say([`and ${rest} more`, `ほか ${rest} 件`])}`));
    this.#progress.show(this, lines);
  }

  #say(words: Words): string {
    return say(words, this.#language);
  }

  #doing(action: string, address: string): string {
    return `${this.#say(VERBS[action] ?? action)} ${address}`;
  }
}

const VERBS: Readonly<Record<string, Words>> = {
  create: ["create", "作成"],
  update: ["change", "変更"],
  delete: ["destroy", "削除"],
  replace: ["replace", "置換"],
};
