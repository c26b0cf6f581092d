import { join } from "node:path";
import { readAccounts } from "../base/accounts.ts";
import type { StagePlan } from "../dockerfile/stages.ts";
import { unpackLayer } from "../layers/unpack-layer.ts";
import { writeLayer, type FileSource } from "../layers/write-layer.ts";
import type { LayerEntry } from "../files/tree.ts";
import { BlobStore } from "../layout/blob-store.ts";
import { MEDIA_TYPES } from "../layout/media-types.ts";
import { pickCallerSettings, type CallerSettings } from "../run/environment.ts";
import { probeNamespace, type NamespacePrograms } from "../run/namespace.ts";
import { resolveTools, type ResolvedTools } from "../run/tools.ts";
import { BuildError } from "../errors.ts";
import { mkdir } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { text, type Words } from "@workbook/toolchain";
import type { BuildContext } from "./context.ts";
import type { BuildImageOptions, UsedBase } from "./options.ts";
import type { StageState } from "./stage-state.ts";
import { StepCache, type StepResult } from "./step-cache.ts";

/** What the instructions of one build share. */
export class BuildSession {
  readonly options: BuildImageOptions;
  readonly plan: StagePlan;
  readonly context: BuildContext;
  readonly cacheDir: string;
  /** Removed when the build ends. */
  readonly scratchDir: string;
  /** The layers of all stages. */
  readonly blobs: BlobStore;
  readonly cache: StepCache;
  readonly caller: CallerSettings;
  /** Seconds since 1970: the time stamp of every file and document. */
  readonly epoch: number;
  readonly warnings = new Set<string>();
  /** What became of each image that a FROM names. */
  readonly bases = new Map<string, UsedBase>();
  #tools: ResolvedTools | undefined;
  #namespace: Promise<NamespacePrograms | undefined> | undefined;

  constructor(
    options: BuildImageOptions,
    parts: {
      plan: StagePlan;
      context: BuildContext;
      cacheDir: string;
      scratchDir: string;
      epoch: number;
    },
  ) {
    this.options = options;
    this.plan = parts.plan;
    this.context = parts.context;
    this.cacheDir = parts.cacheDir;
    this.scratchDir = parts.scratchDir;
    this.epoch = parts.epoch;
    this.blobs = new BlobStore(join(parts.cacheDir, "layers"));
    this.cache = new StepCache(parts.cacheDir, this.blobs);
    this.caller = pickCallerSettings(options.env ?? process.env);
  }

  warn(said: Words): void {
    const { en } = text(said);
    if (this.warnings.has(en)) return;
    this.warnings.add(en);
    this.options.onProgress?.({ type: "warning", text: en, said });
  }

  /** The programs for RUN; looked for when the first one needs them. */
  get tools(): ResolvedTools {
    this.#tools ??= resolveTools(this.options.tools ?? {}, this.options.env ?? process.env);
    return this.#tools;
  }

  /**
   * The programs to make a namespace with, or undefined if a RUN has to do without.
   *
   * @throws {BuildError} `UNSUPPORTED` if a namespace was asked for and the machine allows none
   */
  async namespace(): Promise<NamespacePrograms | undefined> {
    const { isolation = "auto" } = this.options;
    if (isolation === "portable") return undefined;
    const { tools, caller, cacheDir, scratchDir } = this;
    this.#namespace ??= probeNamespace({ tools, caller, cacheDir, scratchDir });
    const programs = await this.#namespace;
    if (programs === undefined && isolation === "namespace") {
      throw new BuildError("UNSUPPORTED", [
        "this machine allows no user and mount namespaces (tried with unshare)",
        "このマシンではユーザー名前空間とマウント名前空間を使えません (unshare で確認)",
      ]);
    }
    return programs;
  }

  /** The folder with a stage's files, unpacked when it is first needed. */
  async materialise(state: StageState): Promise<string> {
    if (state.rootfs !== undefined) return state.rootfs;
    const rootfs = join(this.scratchDir, `stage-${randomUUID()}`);
    await mkdir(rootfs);
    for (const layer of state.layers) await this.#unpack(layer, rootfs);
    state.rootfs = rootfs;
    return rootfs;
  }

  /** Has a stage on a whole image know the names of its users and groups, where a text has more than numbers. */
  async readAccounts(state: StageState, text: string): Promise<void> {
    if (state.whole === undefined || /^[\d:]*$/.test(text)) return;
    state.accounts = await readAccounts(await this.materialise(state), state.tree);
  }

  /** Makes a layer out of changes, remembers it under a key, and applies it to the stage. */
  async commit(
    state: StageState,
    key: string,
    {
      changes,
      sources,
      createdBy,
      isOnDisk,
    }: {
      changes: LayerEntry[];
      sources: Map<string, FileSource>;
      createdBy: string;
      /** Whether the changes are in the stage's folder already: a RUN made them there. */
      isOnDisk: boolean;
    },
  ): Promise<void> {
    const { blobs, epoch } = this;
    const layer =
      changes.length === 0
        ? undefined
        : await writeLayer(changes, sources, { blobs, epoch, signal: this.options.signal });
    const result: StepResult = { layer, changes };
    await this.cache.set(key, result);
    if (!isOnDisk) await this.#follow(state, result);
    this.#apply(state, key, result, createdBy);
  }

  /** Applies what an instruction did in an earlier build. */
  async replay(
    state: StageState,
    key: string,
    result: StepResult,
    createdBy: string,
  ): Promise<void> {
    await this.#follow(state, result);
    this.#apply(state, key, result, createdBy);
  }

  /** Adds to the image's history. */
  record(state: StageState, createdBy: string, isEmpty: boolean): void {
    const created = new Date(this.epoch * 1000).toISOString().replace(".000Z", "Z");
    state.history.push({
      created,
      created_by: createdBy,
      ...(isEmpty ? { empty_layer: true as const } : {}),
    });
  }

  #apply(state: StageState, key: string, { layer, changes }: StepResult, createdBy: string): void {
    state.key = key;
    state.tree.apply(changes);
    if (layer !== undefined) state.layers.push({ ...layer, createdBy });
    this.record(state, createdBy, layer === undefined);
  }

  /** Keeps the stage's folder, if there is one, in step with its layers. */
  async #follow({ rootfs }: StageState, { layer }: StepResult): Promise<void> {
    if (layer !== undefined && rootfs !== undefined) await this.#unpack(layer, rootfs);
  }

  async #unpack(
    { digest, mediaType = MEDIA_TYPES.gzipLayer }: { digest: string; mediaType?: string },
    rootfs: string,
  ): Promise<void> {
    const { signal } = this.options;
    await unpackLayer(this.blobs.pathOf(digest), rootfs, { mediaType, signal });
  }
}
