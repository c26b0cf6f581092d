import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Timer } from "../clock/clock.ts";
import { LayerFiles } from "../services/ecr/layer-files.ts";
import { layers } from "../services/ecr/state.ts";
import { forgetUnusedLayers } from "../services/ecr/unused-layers.ts";
import { buckets, objects, uploads } from "../services/s3/state.ts";
import { removeDatabase } from "../snapshot/restore-snapshot.ts";
import { snapshotsFolder } from "../snapshot/snapshot-folder.ts";
import type { Store } from "../store/store.ts";
import type { EngineContext, EnginePart } from "./engine.ts";
import { PulledFiles, pulledFolder } from "./images/pulled-files.ts";

const HOUR_MS = 3_600_000;
/** Nothing is written for longer than a day. */
const UNFINISHED_MS = 24 * HOUR_MS;
/** A file is in place before the store speaks of it. */
const UNOWNED_MS = HOUR_MS;

/** Removes, while the cloud runs, what broken connections left behind. */
export class Leftovers implements EnginePart {
  readonly name = "leftovers";
  readonly #context: EngineContext;
  #timer: Timer | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#timer = this.#context.clock.deadline(HOUR_MS, () => {
      // Where there is no room, all of this is tried again: the files go when their layers are forgotten on disk as well.
      const { store, settings, clock, logger } = this.#context;
      const forgotten = forgetLayers(store, settings.dataDir, clock.now());
      const removed = sweep(store, settings.dataDir, UNFINISHED_MS, UNOWNED_MS);
      if (forgotten + removed > 0)
        logger.info(`removed ${removed} leftover files, forgot ${forgotten} layers of no image`);
      void this.start();
    });
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
  }
}

/**
 * Removes what a dead server left behind: files that were never finished, and files that nothing in the store names. For
 * the start of a cloud, when nothing is under way.
 */
export function sweepLeftovers(store: Store, dataDir: string, now: number): void {
  finishSnapshots(snapshotsFolder(dataDir));
  for (const left of ["before", "restoring"]) removeDatabase(join(dataDir, `cloud.db.${left}`));
  rmSync(join(dataDir, "server.json.new"), { force: true });
  forgetLayers(store, dataDir, now);
  sweep(store, dataDir, 0, 0);
}

/** A push may go on after a restart: what it has brought stays for as long as one may take. */
function forgetLayers(store: Store, dataDir: string, now: number): number {
  return forgetUnusedLayers(store, new LayerFiles(dataDir), now, UNFINISHED_MS);
}

/** Answers how many files it removed. */
function sweep(store: Store, dataDir: string, unfinishedMs: number, unownedMs: number): number {
  let removed = 0;
  for (const folder of ["objects/incoming", "layers/uploads"])
    removed += removeOlder(join(dataDir, folder), unfinishedMs, () => true);
  const blobs = blobsOf(store);
  removed += removeOlder(join(dataDir, "objects"), unownedMs, (name) => !blobs.has(name));
  const digests = digestsOf(store);
  removed += removeOlder(join(dataDir, "layers"), unownedMs, (name) => !digests.has(name));
  return removed + new PulledFiles(pulledFolder(dataDir)).sweep(unfinishedMs);
}

/** Names of the files of objects, and of parts of uploads to buckets that are there. */
function blobsOf(store: Store): ReadonlySet<string | undefined> {
  const versions = store
    .of(objects, "", "")
    .values()
    .flatMap((object) => object.versions);
  const parts = store
    .of(uploads, "", "")
    .filter(({ bucket }) => store.of(buckets, "", "").has(bucket))
    .flatMap((upload) => Object.values(upload.parts));
  return new Set([...versions, ...parts].map(({ blob }) => blob));
}

function digestsOf(store: Store): ReadonlySet<string> {
  const all = store.all(layers).flatMap((each) => each.values());
  return new Set(all.map(({ digest }) => digest.slice("sha256:".length)));
}

/** Wall time: what the system says of its files. A link to a file, such as a restore makes, counts as a change. */
function removeOlder(folder: string, ageMs: number, isLeft: (name: string) => boolean): number {
  let removed = 0;
  if (!existsSync(folder)) return removed;
  const limit = Date.now() - ageMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isFile() || !isLeft(entry.name) || statSync(path).ctimeMs > limit) continue;
    rmSync(path, { force: true });
    removed++;
  }
  return removed;
}

/**
 * A snapshot that replaces another is put in its place in two steps. A server that died in between left no snapshot of
 * that name, and the old one beside: it comes back. What was being written goes.
 */
function finishSnapshots(folder: string): void {
  if (!existsSync(folder)) return;
  for (const left of readdirSync(folder).filter((name) => name.startsWith("."))) {
    const name = /^\.(.+)\.partial\.replaced$/.exec(left)?.[1];
    if (name !== undefined && !existsSync(join(folder, name)))
      renameSync(join(folder, left), join(folder, name));
    else rmSync(join(folder, left), { recursive: true, force: true });
  }
}
