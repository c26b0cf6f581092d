import { statSync } from "node:fs";
import { type Lab, loadLab, WarmSynth } from "@workbook/lab-kit";
import { join } from "node:path";
import { dataDirectory } from "../cloud/cloud.ts";
import { readServerFile } from "../cloud/server-file.ts";
import { checkFiles } from "../learn/check-files.ts";
import { copyDirectory, learnerFolder, learnersStack } from "../learn/learner-folder.ts";
import { readProgress } from "../learn/progress-file.ts";
import { filesLike, publishReport, type Outcome } from "../learn/publish-report.ts";
import { FileWatcher } from "../learn/watch/file-watcher.ts";
import type { Workspace } from "../workspace.ts";

/** How often it is looked which chapter the learner is in, and whether Local AWS runs: both are a small file. */
const LOOK_MS = 1000;

/**
 * Checks the files of the chapter that the learner is in each time they are saved, and tells Local AWS what came of it.
 * Follows the learner from chapter to chapter, and a cloud that comes up later.
 */
export class ChapterReports {
  readonly #workspace: Workspace;
  readonly #onFault: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  #chapter: Chapter | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** @param onFault told of what should not happen; watching goes on */
  constructor(workspace: Workspace, onFault: (error: unknown) => void) {
    this.#workspace = workspace;
    this.#onFault = onFault;
    this.#timer = setInterval(() => this.#lookSoon(), LOOK_MS);
    this.#lookSoon();
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#chapter?.close();
  }

  #lookSoon(): void {
    this.#looking = this.#looking.then(() => this.#look()).catch(this.#onFault);
  }

  async #look(): Promise<void> {
    const place = this.#place();
    if (place?.key !== this.#chapter?.key) {
      this.#chapter?.close();
      this.#chapter = undefined;
      if (!place) return;
      const lab = await loadLab(join(this.#workspace.labs, place.labId));
      this.#chapter = new Chapter(this.#workspace, lab, place.key, this.#onFault);
    }
    this.#chapter?.minds(readServerFile(dataDirectory(this.#workspace))?.token);
  }

  /** The chapter that the learner is in, where there are files of it. A copy that was put in its place is another one. */
  #place(): { readonly labId: string; readonly key: string } | undefined {
    const learner = learnerFolder(this.#workspace);
    const labId = readProgress(learner).current;
    if (labId === undefined || learnersStack(learner, labId) === undefined) return undefined;
    const folder = statSync(copyDirectory(learner, labId), { throwIfNoEntry: false });
    return folder && { labId, key: `${labId} ${folder.ino}` };
  }
}

/** One chapter's files. */
class Chapter {
  readonly key: string;
  readonly #workspace: Workspace;
  readonly #lab: Lab;
  readonly #variant: string;
  readonly #synth: WarmSynth;
  readonly #files: FileWatcher;
  readonly #onFault: (error: unknown) => void;
  #outcome: Outcome | undefined;
  #cloud: string | undefined;
  #interrupt = new AbortController();

  constructor(workspace: Workspace, lab: Lab, key: string, onFault: (error: unknown) => void) {
    const learner = learnerFolder(workspace);
    this.key = key;
    this.#workspace = workspace;
    this.#lab = lab;
    this.#variant = learnersStack(learner, lab.id)!;
    this.#onFault = onFault;
    this.#synth = new WarmSynth(lab.directory);
    this.#files = new FileWatcher(copyDirectory(learner, lab.id), () => this.#check());
    this.#check();
  }

  /** Tells a cloud what is known, where it is another one than before: it has just come up, and knows nothing. */
  minds(cloud: string | undefined): void {
    if (cloud === this.#cloud) return;
    this.#cloud = cloud;
    this.#publish();
  }

  close(): void {
    this.#interrupt.abort(new Error("watching has ended"));
    this.#files.close();
    this.#synth.close();
  }

  /** What was being looked at is of no interest any more. */
  #check(): void {
    this.#interrupt.abort(new Error("the files have changed"));
    this.#interrupt = new AbortController();
    const { signal } = this.#interrupt;
    const files = filesLike(this.#workspace, this.#lab, this.#variant);
    checkFiles(
      this.#workspace,
      this.#lab,
      this.#variant,
      (options) => this.#synth.synthesise(options),
      signal,
    ).then(
      ({ checks }) => {
        if (signal.aborted) return;
        this.#outcome = { checks, files };
        this.#publish();
      },
      (error: unknown) => {
        if (!signal.aborted) this.#onFault(error);
      },
    );
  }

  #publish(): void {
    if (!this.#outcome || this.#cloud === undefined) return;
    publishReport(this.#workspace, this.#lab, this.#outcome).catch(this.#onFault);
  }
}
