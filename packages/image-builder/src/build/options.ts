import type { Words } from "@workbook/toolchain";
import type { BaseRegistries } from "../base/base-registries.ts";
import type { Platform } from "../platform.ts";
import type { BuildTools } from "../run/tools.ts";

/** What a build tells while it runs; `text` is for people: code, and of a warning its English. */
export type BuildEvent =
  /** An instruction is reached. */
  | { type: "step"; stage: string; step: number; steps: number; line: number; text: string }
  /** An instruction is done; `cached` if its result was known from an earlier build. */
  | { type: "step-done"; line: number; cached: boolean; ms: number; text: string }
  /** A RUN wrote a line. */
  | { type: "output"; line: number; text: string }
  | { type: "warning"; text: string; said: Words }
  /** It is known what a stage is built on. */
  | { type: "base"; text: string; said: Words };

/** What became of an image that a FROM names. */
export interface UsedBase {
  readonly image: string;
  /** Of what was fetched, for the platform; undefined where its name alone was written down. */
  readonly digest: string | undefined;
  /** Why it was not fetched though it was to be. */
  readonly reason?: Words;
}

export interface BuildImageOptions {
  /** The folder to build. */
  context: string;
  /** Default: `Dockerfile` in the context. A relative path is relative to the context. */
  dockerfile?: string;
  /** The stage to build; default: the last. */
  target?: string;
  buildArgs?: Record<string, string>;
  /** Default: that of this machine. */
  platform?: Platform;
  /** An OCI image layout; made if it is not there, added to if it is. */
  outputDir: string;
  tools?: BuildTools;
  /** Where base images are fetched, and a RUN then happens in them. Without it, or where no registry answers, none is fetched. */
  bases?: BaseRegistries;
  /** Where results and package managers' caches are kept between builds; without it nothing is. */
  cacheDir?: string;
  /** How a RUN is kept apart from the machine. Default `auto`: a namespace where the machine allows, else portable. */
  isolation?: "auto" | "namespace" | "portable";
  /** The environment that proxy, certificate and registry settings are taken from. Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  onProgress?: (event: BuildEvent) => void;
  signal?: AbortSignal;
}

/** An image in a layout. */
export interface BuiltImage {
  /** Of the manifest, as a registry names the image. */
  digest: string;
  manifestDigest: string;
  configDigest: string;
  /** Lowest first; sizes in bytes, compressed. */
  layers: { digest: string; size: number; createdBy: string }[];
  layoutDir: string;
  /** The first 12 hexadecimal digits of the digest: the same content always has the same tag. */
  contentTag: string;
  /** The image that the last stage's FROM names, which was not fetched; undefined for `scratch` and where it was. */
  base: string | undefined;
  /** Of all stages that were built. */
  bases: UsedBase[];
  platform: Platform;
  warnings: string[];
}
