import { createHash } from "node:crypto";
import type { Accounts } from "../base/accounts.ts";
import { FileTree, type TreeEntry } from "../files/tree.ts";
import type { Layer } from "../layers/write-layer.ts";
import type { ContainerConfig, HistoryEntry } from "../layout/media-types.ts";
import type { Platform } from "../platform.ts";
import { ROOT_USER, type User } from "./users.ts";

/** The PATH of an image that sets none. https://github.com/moby/buildkit: util/system */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
export const DEFAULT_SHELL = ["/bin/sh", "-c"];

/** A base image that was fetched. */
export interface WholeBase {
  /** As FROM names it. */
  readonly image: string;
  /** Of the manifest for the stage's platform. */
  readonly digest: string;
}

/** A layer of a base image; without a media type a layer is of our own making. */
export type BaseLayer = Layer & { createdBy: string; mediaType: string };

/** A stage while it is built: what it will be as an image, and what its next instruction sees. */
export interface StageState {
  /** The image at the bottom of it, by name, which was not fetched; undefined for `scratch` and where it was. */
  base: string | undefined;
  /** The image at the bottom of it, where that was fetched. */
  whole: WholeBase | undefined;
  /** Of a stage on a whole image, when its names were last asked for. */
  accounts: Accounts | undefined;
  platform: Platform;
  config: ContainerConfig;
  author: string | undefined;
  env: Map<string, string>;
  /** `ARG`s in scope. */
  args: Map<string, string>;
  /** Absolute. */
  workdir: string;
  user: User;
  shell: string[];
  /** Whether `config.Cmd` was set by this stage, and not by the one it is based on. */
  ownCommand: boolean;
  tree: FileTree;
  /** Those of a whole base come first. */
  layers: (BaseLayer | (Layer & { createdBy: string; mediaType?: undefined }))[];
  history: HistoryEntry[];
  /** Identifies the content of the file system by what it was made from. */
  key: string;
  /** Where the file system is unpacked, once an instruction has needed it. */
  rootfs: string | undefined;
}

export function createState(base: string | undefined, platform: Platform): StageState {
  return {
    base,
    whole: undefined,
    accounts: undefined,
    platform,
    config: {},
    author: undefined,
    env: new Map([["PATH", DEFAULT_PATH]]),
    args: new Map(),
    workdir: "/",
    user: ROOT_USER,
    shell: DEFAULT_SHELL,
    ownCommand: false,
    tree: new FileTree(),
    layers: [],
    history: [],
    key: hashOf("stage", base ?? "scratch", `${platform.os}/${platform.architecture}`),
    rootfs: undefined,
  };
}

/** A stage that starts where another ended. Its `ARG`s are its own. */
export function inheritState(
  parent: StageState,
  entries: Iterable<TreeEntry>,
  platform: Platform,
): StageState {
  return {
    ...parent,
    platform,
    config: structuredClone(parent.config),
    env: new Map(parent.env),
    args: new Map(),
    ownCommand: false,
    tree: FileTree.of(entries),
    layers: [...parent.layers],
    history: [...parent.history],
    rootfs: undefined,
  };
}

/** A hash of a list of texts that no other list has. */
export function hashOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
