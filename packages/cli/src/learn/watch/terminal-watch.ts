import type { Deployment } from "@workbook/lab-kit/deploy";
import { leaveAtOnce } from "../../leave.ts";
import type { Session } from "../../session.ts";
import type { Terminal } from "../owner.ts";
import { raiseHint, readProgress } from "../progress-file.ts";
import { Keys, type Key } from "./keys.ts";
import { Screen } from "./screen.ts";
import { renderPage, renderWatch } from "./view.ts";
import { WatchSession } from "./watch-session.ts";

/** What the learner wants to be done outside of the screen. */
export type Wish = "deploy" | "solution" | "diff" | "reset" | "next" | "quit";

const NOTHING = () => {};

/** A learner at a terminal, watching a chapter. The keys are ours, without echo, until it is closed. */
export class TerminalWatch {
  readonly #session: Session;
  readonly #screen: Screen;
  readonly #watch: WatchSession;
  readonly #keys: Keys;
  readonly #whenOver = new AbortController();
  #onKey: (key: Key) => void = NOTHING;
  #wish: (wish: Wish) => void = NOTHING;
  /** What `y` says yes to. */
  #asked: Wish | undefined;
  #page: { readonly text: string; top: number } | undefined;

  constructor(session: Session, deployment: Deployment, terminal: Terminal) {
    this.#session = session;
    this.#screen = new Screen(terminal.output);
    this.#watch = new WatchSession(session, deployment, () => this.#draw());
    this.#keys = new Keys(terminal.input, (key) => this.#onKey(key));
    const { signal } = this.#whenOver;
    const leave = () => this.#screen.close();
    const resize = () => {
      this.#screen.forget();
      this.#draw();
    };
    process.once("exit", leave);
    terminal.output.on("resize", resize);
    session.signal.addEventListener("abort", () => this.#wish("quit"), { signal });
    signal.addEventListener("abort", () => {
      process.off("exit", leave);
      terminal.output.off("resize", resize);
    });
    this.#watch.look();
  }

  get watch(): WatchSession {
    return this.#watch;
  }

  /** Shows the chapter and minds the keys until something else is to be done. */
  async wish(): Promise<Wish> {
    const { promise, resolve } = Promise.withResolvers<Wish>();
    this.#wish = resolve;
    this.#onKey = (key) => this.#press(key);
    if (this.#session.signal.aborted) resolve("quit");
    this.#show();
    return promise.finally(() => (this.#onKey = NOTHING));
  }

  /** Shows a text in the chapter's place, to leaf through. Resolves to whether the learner goes back to the chapter. */
  async page(text: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const page = { text, top: 0 };
    this.#page = page;
    this.#wish = () => resolve(false);
    this.#onKey = (key) => {
      const { columns, rows } = this.#screen;
      const by = { further: rows - 3, down: 1, up: -1, back: 3 - rows }[key as string];
      if (by !== undefined)
        page.top = Math.max(
          0,
          Math.min(page.top + by, renderPage(text, 0, columns, rows, this.#session.language).last),
        );
      else if (key === "quit" || key === "enter") resolve(true);
      else if (key === "interrupt") resolve(false);
      this.#draw();
    };
    this.#show();
    return promise.finally(() => {
      this.#page = undefined;
      this.#onKey = NOTHING;
    });
  }

  /** Works outside of the screen. Ctrl-C stops the work and comes back; another one leaves at once. */
  async away(work: (session: Session) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const session = this.#session.within(stop.signal);
    this.#screen.close();
    this.#onKey = (key) => {
      if (key !== "interrupt") return;
      if (stop.signal.aborted) leaveAtOnce(session.language);
      stop.abort(new Error("stopped by the learner"));
      session.progress.print([
        "Stopping in good order, then back to your chapter… (once more: leave at once)",
        "区切りのよいところで止めて、章に戻ります… (もう一度押すと、すぐに終わります)",
      ]);
    };
    try {
      await work(session);
    } finally {
      this.#onKey = NOTHING;
    }
  }

  /** Works outside of the screen, where questions may be asked: the keys are theirs. */
  async asking(work: () => Promise<void>): Promise<void> {
    this.#screen.close();
    this.#keys.close();
    try {
      await work();
    } finally {
      this.#keys.open();
    }
  }

  /** Gives the terminal back as it was, and ends what works in the background. */
  async close(): Promise<void> {
    if (this.#whenOver.signal.aborted) return;
    this.#whenOver.abort();
    this.#screen.close();
    this.#keys.close();
    await this.#watch.close();
  }

  #show(): void {
    this.#screen.open();
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#screen;
    const page = this.#page;
    this.#screen.draw(
      page
        ? renderPage(page.text, page.top, columns, rows, this.#session.language).lines
        : renderWatch(this.#watch.view, columns, rows),
    );
  }

  #press(key: Key): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked !== undefined) {
      this.#watch.show({ notice: undefined });
      if (key === "yes") this.#wish(asked);
      return;
    }
    switch (key) {
      case "enter":
        return this.#wish("deploy");
      case "interrupt":
        return this.#wish("quit");
      case "quit":
      case "diff":
      case "solution":
        return this.#wish(key);
      case "hint":
        return this.#hint();
      case "reset":
        return this.#ask(
          "reset",
          this.#session.say([
            "Put files and cloud back to where the chapter begins? Yours are saved first. (y/n)",
            "ファイルとクラウドを章の初めに戻しますか。今のファイルは先に保存します。(y/n)",
          ]),
        );
      case "next":
        return this.#next();
      default:
    }
  }

  #ask(wish: Wish, question: string): void {
    this.#asked = wish;
    this.#watch.show({ notice: question });
  }

  #next(): void {
    const { passed } = readProgress(this.#session.learner);
    if (passed.has(this.#watch.lab.id)) this.#wish("next");
    else
      this.#ask(
        "next",
        this.#session.say([
          "You have not passed this chapter yet. Go on to the next all the same? (y/n)",
          "この章にはまだ合格していません。それでも次に進みますか。(y/n)",
        ]),
      );
  }

  #hint(): void {
    const { failure, lab, view } = this.#watch;
    if (!view.looked)
      return this.#watch.show({
        notice: this.#session.say([
          "Your files are still being read.",
          "ファイルを読んでいるところです。",
        ]),
      });
    if (!failure?.hint) {
      const notice = failure
        ? ([
            "What is seen above says it all: the code does not load.",
            "上に表示されているとおり、コードを読み込めません。",
          ] as const)
        : ([
            "Nothing fails: Enter deploys, and checks what runs.",
            "不合格はありません。Enter でデプロイし、動いているものをチェックします。",
          ] as const);
      return this.#watch.show({ notice: this.#session.say(notice) });
    }
    const { fault } = failure.hint;
    const hintLevel = raiseHint(this.#session.learner, { lab: lab.id, check: failure.id, fault });
    this.#watch.show({ hintLevel });
  }
}
