import { type CheckReportEntry, type Lab, QUIET, WarmSynth } from "@workbook/lab-kit";
import { type Deployment, LabRun, plan } from "@workbook/lab-kit/deploy";
import { saidBy } from "@workbook/toolchain";
import type { Session } from "../../session.ts";
import { chapterNumber } from "../chapters.ts";
import { copyDirectory } from "../learner-folder.ts";
import { checkFiles } from "../check-files.ts";
import { filesLike, notRun, publishReport } from "../publish-report.ts";
import { FileWatcher } from "./file-watcher.ts";
import { isFailure, type WatchView } from "./view.ts";

/** A chapter that is watched: what is known of its files, of the plan, and of what runs. */
export class WatchSession {
  readonly #session: Session;
  readonly #deployment: Deployment;
  readonly #onView: (view: WatchView) => void;
  readonly #synth: WarmSynth;
  readonly #files: FileWatcher;
  #view: WatchView;
  #interrupt = new AbortController();
  #planning: Promise<void> = Promise.resolve();
  #closed = false;
  /** Whether something is done that nothing may be in the way of, and a file was saved meanwhile. */
  #held = false;
  #missed = false;

  constructor(session: Session, deployment: Deployment, onView: (view: WatchView) => void) {
    const { lab } = deployment;
    this.#session = session;
    this.#deployment = deployment;
    this.#onView = onView;
    this.#synth = new WarmSynth(lab.directory);
    this.#view = {
      language: session.language,
      number: chapterNumber(lab.id),
      title: lab.title[session.language],
      files: lab.files,
      checks: lab.checks.map(notRun),
      looked: undefined,
      plan: { status: "waiting" },
      hintLevel: 0,
      notice: undefined,
    };
    const directory = copyDirectory(session.learner, lab.id);
    this.#files = new FileWatcher(directory, () => this.look());
  }

  get lab(): Lab {
    return this.#deployment.lab;
  }

  get view(): WatchView {
    return this.#view;
  }

  /** The first check that did not pass. */
  get failure(): CheckReportEntry | undefined {
    return this.#view.checks.find(isFailure);
  }

  /** Looks at the files, and at the plan where the files are right. What was being looked at is of no interest any more. */
  look(): void {
    this.#missed = this.#held;
    if (this.#held) return;
    this.#interrupt.abort(new Error("the files have changed"));
    this.#interrupt = new AbortController();
    void this.#look(this.#interrupt.signal);
  }

  /**
   * Does something that what is done in the background must not be in the way of: it is ended first. What was not seen
   * because of that, and files that are saved meanwhile, are looked at afterwards.
   */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.#held = true;
    this.#interrupt.abort(new Error("something else is to be done"));
    await this.#planning;
    try {
      return await work();
    } finally {
      this.#held = false;
      const { looked, plan: planned } = this.#view;
      if (this.#missed || !looked || planned.status === "planning") this.look();
    }
  }

  /** Changes what is shown. */
  show(changes: Partial<WatchView>): void {
    this.#view = { ...this.#view, ...changes };
    if (!this.#closed) this.#onView(this.#view);
  }

  /** Puts the outcome of checks in the place of what was known of them. */
  showChecks(entries: readonly CheckReportEntry[]): void {
    const known = new Map(entries.map((entry) => [entry.id, entry]));
    const checks = this.#view.checks.map((check) => known.get(check.id) ?? check);
    const before = this.failure?.hint?.fault;
    this.show({ checks });
    if (this.failure?.hint?.fault !== before) this.show({ hintLevel: 0 });
  }

  /** Ends what runs in the background. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#interrupt.abort(new Error("watching has ended"));
    this.#files.close();
    this.#synth.close();
    await this.#planning;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { lab, variant, target } = this.#deployment;
    const since = performance.now();
    const { workspace } = this.#session;
    const files = filesLike(workspace, lab, variant);
    this.show({ looked: undefined, plan: { status: "waiting" }, notice: undefined });
    try {
      const report = await checkFiles(
        workspace,
        lab,
        variant,
        (options) => this.#synth.synthesise(options),
        signal,
      );
      if (signal.aborted) return;
      // What was found running belongs to the files as they were.
      const rest = lab.checks.filter(({ tier }) => tier !== "synth").map(notRun);
      this.showChecks([...report.checks, ...rest]);
      this.show({
        looked: { ms: performance.now() - since },
        plan: { status: report.passed ? "planning" : "waiting" },
      });
      if (target.name === "local")
        await publishReport(workspace, lab, { checks: report.checks, files });
      if (report.passed) await this.#plan(signal);
    } catch (error) {
      if (signal.aborted) return;
      const message = this.#session.say(saidBy(error));
      this.show({ looked: { ms: performance.now() - since }, plan: { status: "failed", message } });
    }
  }

  /** One plan at a time: Terraform holds a lock on its working directory. */
  async #plan(signal: AbortSignal): Promise<void> {
    await this.#planning;
    if (signal.aborted) return;
    this.#planning = plan(new LabRun({ ...this.#deployment, signal }), QUIET).then(
      (plans) => {
        const changes = Object.values(plans).flatMap(({ effective }) =>
          effective.map(({ address }) => address),
        );
        if (!signal.aborted) this.show({ plan: { status: "planned", changes } });
      },
      (error: unknown) => {
        const message = this.#session.say(saidBy(error));
        if (!signal.aborted) this.show({ plan: { status: "failed", message } });
      },
    );
    await this.#planning;
  }
}
