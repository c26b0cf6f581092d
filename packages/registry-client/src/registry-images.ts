import type { BlobFolder } from "./blob-folder.ts";
import { BearerTokens } from "./bearer-tokens.ts";
import { downloadBlob } from "./download-blob.ts";
import { fullName, type ImageReference } from "./image-reference.ts";
import { LayoutHost, type StandInFacts } from "./layout-host.ts";
import {
  choosePlatform,
  MANIFEST_TYPES,
  ManifestError,
  readManifest,
  type Descriptor,
  type Manifest,
} from "./manifest.ts";
import { proxiedFetch, type Fetch } from "./proxied-fetch.ts";
import type { PullClock } from "./pull-clock.ts";
import { PullError } from "./pull-error.ts";
import type { Registries } from "./registries.ts";
import { whoFetches, type RegistryCredentials } from "./registry-credentials.ts";
import { mostTelling, RegistryFault } from "./registry-fault.ts";
import { RegistryHost, type Host } from "./registry-host.ts";

/** Where what is pulled is kept. */
export interface PulledBlobs {
  readonly layers: BlobFolder;
  /**
   * An image is used, with these files.
   * @param isPrivate whether it was fetched with a password
   */
  keep(digest: string, parts: readonly string[], isPrivate: boolean): void;
  /** Whether an image is here for whoever knows its digest. */
  isForEveryone(digest: string): boolean;
}

/** An image whose files are all here. */
export interface FetchedImage {
  /** `sha256:…` of the manifest, or of the index, that the name means. */
  readonly digest: string;
  readonly mediaType: string;
  /** What it is in truth, where another image stands in for it. */
  readonly standIn: StandInFacts | undefined;
}

export interface RegistryImagesOptions {
  readonly clock: PullClock;
  readonly files: PulledBlobs;
  readonly registries: Registries;
  /** A folder with images that stand in for those whose registry cannot be reached. */
  readonly standIns?: string | undefined;
  /** Whether they are taken before a registry is asked. */
  readonly standInsFirst?: boolean | undefined;
  /** How often what may go another time is tried; as often as ECS does where it is left out. */
  readonly attempts?: number;
  /** Where proxies are named. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A manifest as a registry gave it, in the files. */
interface Found {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: Manifest;
  /** Who had it, and then the others. */
  readonly hosts: readonly Host[];
}

const ACCEPT = { accept: `${MANIFEST_TYPES.join(", ")}, */*` };
/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
/** How often ECS tries what may go another time, and how long it waits in between at first. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 1000;

/** Brings images from registries that are not this cloud's: each file once, checked against its digest. */
export class RegistryImages {
  readonly #options: RegistryImagesOptions;
  readonly #files: PulledBlobs;
  readonly #fetch: Fetch;
  readonly #tokens: BearerTokens;
  readonly #closing = new AbortController();
  /** Pulls under way, by image and platform: tasks that start together share one. */
  readonly #underWay = new Map<string, Promise<FetchedImage>>();
  /** Files under way: images that are pulled together share layers. */
  readonly #downloads = new Map<string, Promise<void>>();

  constructor(options: RegistryImagesOptions) {
    this.#options = options;
    this.#files = options.files;
    this.#fetch = proxiedFetch(options.env ?? process.env);
    this.#tokens = new BearerTokens(() => options.clock.now());
  }

  /** @param architecture as images call it @throws PullError */
  pull(
    reference: ImageReference,
    architecture: string,
    credentials?: RegistryCredentials,
  ): Promise<FetchedImage> {
    const key = `${fullName(reference)} ${architecture} ${whoFetches(credentials)}`;
    let pulling = this.#underWay.get(key);
    if (!pulling) {
      pulling = this.#pull(reference, architecture, credentials);
      this.#underWay.set(key, pulling);
      void pulling.finally(() => this.#underWay.delete(key)).catch(() => {});
    }
    return pulling;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#underWay.values(), ...this.#downloads.values()]);
  }

  async #pull(
    reference: ImageReference,
    architecture: string,
    credentials: RegistryCredentials | undefined,
  ): Promise<FetchedImage> {
    const name = fullName(reference);
    const { registries, standIns, standInsFirst = false } = this.#options;
    const hosts: Host[] = registries
      .endpoints(reference.registry)
      .map(
        (endpoint) => new RegistryHost(endpoint, reference.repository, this.#needs(credentials)),
      );
    if (standIns !== undefined) {
      const layout = new LayoutHost(standIns, reference, standInsFirst);
      if (layout.facts()?.isAlways) hosts.unshift(layout);
      else hosts.push(layout);
    }
    const resolved = await this.#resolve(name, reference, hosts);
    const digests = [resolved.digest];
    let { manifest } = resolved;
    for (;;) {
      const chosen = choosePlatform(manifest, architecture);
      if (!chosen) break;
      digests.push(chosen.digest);
      ({ manifest } = await this.#inspect(chosen.digest, chosen.mediaType, resolved.hosts));
    }
    const parts = [...(manifest.config ? [manifest.config] : []), ...manifest.layers];
    for (const part of parts) await this.#bring(part, resolved.hosts);
    const used = [...digests, ...parts.map(({ digest }) => digest)];
    this.#files.keep(resolved.digest, used, credentials !== undefined);
    const { digest, mediaType } = resolved;
    const [host] = resolved.hosts;
    const standIn = host instanceof LayoutHost ? host.facts() : undefined;
    return { digest, mediaType, standIn };
  }

  #needs(credentials: RegistryCredentials | undefined) {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    return { clock, fetch: this.#fetch, tokens: this.#tokens, credentials, signal };
  }

  /** What the name means: by the registry, or without it where its digest says all and its manifest is here. */
  async #resolve(
    name: string,
    { tag, digest }: ImageReference,
    hosts: readonly Host[],
  ): Promise<Found> {
    if (digest !== undefined && this.#files.isForEveryone(digest)) {
      const inPlace = hosts.filter((host) => host instanceof LayoutHost);
      const others = hosts.filter((host) => !(host instanceof LayoutHost));
      return this.#known(digest, undefined, [...others, ...inPlace]);
    }
    const wanted = digest ?? tag ?? "latest";
    const frame = (times: number, why: string) =>
      `pull image manifest has been retried ${times} time(s): failed to resolve ref ${name}: ${why}`;
    const { host, type, actual } = await this.#trying(frame, name, hosts, async (host) => {
      const head = await host.ask("HEAD", `manifests/${wanted}`, ACCEPT);
      const type = head.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
      return { host, type, actual: head.headers.get("docker-content-digest") ?? wanted };
    });
    const others = hosts.filter((each) => each !== host);
    // A registry has to have what the digest says. What stands in for that has a digest of its own, and says so.
    const meant = host instanceof LayoutHost ? actual : (digest ?? actual);
    return this.#inspect(meant, type, [host, ...others]);
  }

  /** Brings a manifest by its digest, or by a tag where the registry told no digest. */
  async #inspect(wanted: string, mediaType: string, hosts: readonly Host[]): Promise<Found> {
    const isDigest = wanted.startsWith("sha256:");
    if (isDigest && this.#files.layers.has(wanted)) return this.#known(wanted, mediaType, hosts);
    const frame = (times: number, why: string) =>
      `inspect image has been retried ${times} time(s): failed to copy: ${why}`;
    const { text, type } = await this.#trying(frame, wanted, hosts, async (host) => {
      const response = await host.ask("GET", `manifests/${wanted}`, ACCEPT);
      const type = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
      return { text: await readLimited(response), type };
    });
    const digest = await this.#files.layers.put(text);
    if (isDigest && digest !== wanted)
      throw new PullError(
        frame(1, `unexpected commit digest ${digest}, expected ${wanted}: failed precondition`),
      );
    return this.#known(digest, mediaType || type, hosts);
  }

  #known(digest: string, mediaType: string | undefined, hosts: readonly Host[]): Found {
    try {
      const manifest = readManifest(this.#files.layers.text(digest), mediaType);
      return { digest, mediaType: manifest.mediaType, manifest, hosts };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      throw new PullError(`manifest ${digest} is none: ${error.message}`, { cause: error });
    }
  }

  async #bring(part: Descriptor, hosts: readonly Host[]): Promise<void> {
    const { layers } = this.#files;
    if (layers.has(part.digest)) return;
    let download = this.#downloads.get(part.digest);
    if (!download) {
      const frame = (times: number, why: string) =>
        `ref pull has been retried ${times} time(s): failed to copy: ${why}`;
      download = this.#trying(frame, part.digest, hosts, (host) =>
        downloadBlob(host, layers, part, this.#closing.signal),
      );
      this.#downloads.set(part.digest, download);
      void download.finally(() => this.#downloads.delete(part.digest)).catch(() => {});
    }
    await download;
  }

  /** Asks one host after the other, and all of them again where that may help. @throws PullError in ECS's frame */
  async #trying<T>(
    frame: (times: number, why: string) => string,
    what: string,
    hosts: readonly Host[],
    ask: (host: Host) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const faults: RegistryFault[] = [];
      for (const host of hosts) {
        const isReached = faults.some(({ stage }) => stage !== "unreachable");
        if (host instanceof LayoutHost && isReached) continue;
        try {
          return await ask(host);
        } catch (error) {
          this.#closing.signal.throwIfAborted();
          if (!(error instanceof RegistryFault)) throw error;
          // That nothing stands in is not why it cannot be had.
          if (faults.length === 0 || !(host instanceof LayoutHost)) faults.push(error);
        }
      }
      const told = mostTelling(faults);
      if (told.stage === "missing")
        throw new PullError(frame(7, `${what}: not found`), { cause: told });
      if (!told.isPassing || attempt === (this.#options.attempts ?? ATTEMPTS))
        throw new PullError(frame(attempt, told.message), { cause: told });
      await pause(this.#options.clock, FIRST_WAIT_MS * 2 ** (attempt - 1), this.#closing.signal);
    }
  }
}

async function readLimited(response: Response): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_MANIFEST_BYTES)
      throw new RegistryFault(`rejecting a manifest of more than ${MAX_MANIFEST_BYTES} bytes`);
    parts.push(Buffer.from(part));
  }
  return Buffer.concat(parts);
}

async function pause(clock: PullClock, ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const ended = Promise.withResolvers<void>();
  const timer = clock.idle(ms, ended.resolve);
  const abort = () => {
    timer.cancel();
    ended.reject(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    await ended.promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
