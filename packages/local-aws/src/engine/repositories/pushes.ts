import { watch, type FSWatcher } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { EngineContext, EnginePart } from "../engine.ts";
import { pushesFolder } from "./git.ts";

/** A ref that a push has moved. */
export interface PushedRef {
  readonly fullName: string;
  /** Of zeros where there was none before. */
  readonly before: string;
  /** Of zeros where it has been deleted. */
  readonly after: string;
  /** Such as `refs/heads/main`. */
  readonly ref: string;
}

/** Hears of pushes into the repositories of this machine; those of a time when no cloud ran are told when one starts. */
export class Pushes implements EnginePart {
  readonly name = "pushes";
  readonly #context: EngineContext;
  readonly #tell: (ref: PushedRef) => Promise<void>;
  #watcher: FSWatcher | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  /** @param tell told of each ref, one after the other */
  constructor(context: EngineContext, tell: (ref: PushedRef) => Promise<void>) {
    this.#context = context;
    this.#tell = tell;
  }

  async start(): Promise<void> {
    const folder = pushesFolder(this.#context.settings.dataDir);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#watcher = watch(folder, () => this.#look(folder));
    this.#watcher.on("error", (error) => this.#context.logger.error("pushes are not heard", error));
    this.#look(folder);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#watcher?.close();
    await this.#looking;
  }

  /** One look after the other: a push is told once, and in its turn. */
  #look(folder: string): void {
    this.#looking = this.#looking
      .then(() => this.#take(folder))
      .catch((error: unknown) => this.#context.logger.error("a push was not read", error));
  }

  async #take(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    for (const name of files.toSorted()) {
      if (this.#isStopped) return;
      const file = join(folder, name);
      const refs = parsePush(await readFile(file, "utf8"));
      await rm(file);
      for (const ref of refs) await this.#tell(ref);
    }
  }
}

function parsePush(text: string): PushedRef[] {
  const [fullName = "", ...lines] = text.split("\n");
  return lines.flatMap((line) => {
    const [before, after, ref] = line.split(" ");
    return before && after && ref ? [{ fullName, before, after, ref }] : [];
  });
}
