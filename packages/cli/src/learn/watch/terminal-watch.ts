import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import type { Session } from "../../session.ts";
import type { Terminal } from "../owner.ts";
import { raiseHint, readProgress } from "../progress-file.ts";
import { Keys, type Key } from "./keys.ts";
import { Screen } from "./screen.ts";
import { renderWatch } from "./view.ts";
import { WatchSession } from "./watch-session.ts";

/** What the learner wants to be done outside of the screen. */
export type Wish = "deploy" | "solution" | "diff" | "reset" | "next" | "quit";

/** A learner at a terminal, watching a chapter. */
export class TerminalWatch {
  readonly #session: Session;
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #watch: WatchSession;
  /** What `y` says yes to. */
  #asked: Wish | undefined;
  #wish: (wish: Wish) => void = () => {};

  constructor(session: Session, deployment: Deployment, terminal: Terminal) {
    this.#session = session;
    this.#terminal = terminal;
    this.#screen = new Screen(terminal.output);
    this.#watch = new WatchSession(session, deployment, () => this.#draw());
    this.#watch.look();
  }

  get watch(): WatchSession {
    return this.#watch;
  }

  /** Shows the screen and minds the keys until something else is to be done. The terminal is as it was then. */
  async wish(): Promise<Wish> {
    const { input, output } = this.#terminal;
    const { signal } = this.#session;
    const { promise, resolve } = Promise.withResolvers<Wish>();
    this.#wish = resolve;
    const leave = () => this.#screen.close();
    const resize = () => {
      this.#screen.forget();
      this.#draw();
    };
    const stop = () => resolve("quit");
    process.once("exit", leave);
    output.on("resize", resize);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const keys = new Keys(input, (key) => this.#press(key));
    this.#screen.open();
    this.#draw();
    try {
      return await promise;
    } finally {
      keys.close();
      leave();
      process.off("exit", leave);
      output.off("resize", resize);
      signal.removeEventListener("abort", stop);
    }
  }

  async close(): Promise<void> {
    await this.#watch.close();
  }

  #draw(): void {
    const { columns, rows } = this.#screen;
    this.#screen.draw(renderWatch(this.#watch.view, columns, rows));
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
      case "quit":
      case "diff":
      case "solution":
        return this.#wish(key);
      case "hint":
        return this.#hint();
      case "reset":
        return this.#ask(
          "reset",
          "Put files and cloud back to where the chapter begins? Yours are saved first. (y/n)",
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
        "You have not passed this chapter yet. Go on to the next all the same? (y/n)",
      );
  }

  #hint(): void {
    const { failure, lab, view } = this.#watch;
    if (!view.looked) return this.#watch.show({ notice: "Your files are still being read." });
    if (!failure?.hint) {
      const notice = failure
        ? "What is seen above says it all: the code does not load."
        : "Nothing fails: Enter deploys, and checks what runs.";
      return this.#watch.show({ notice });
    }
    const { fault } = failure.hint;
    const hintLevel = raiseHint(this.#session.learner, { lab: lab.id, check: failure.id, fault });
    this.#watch.show({ hintLevel });
  }
}
