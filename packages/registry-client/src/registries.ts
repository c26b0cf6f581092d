import { readFileSync } from "node:fs";
import { PullError } from "./pull-error.ts";

/** Where images of registries are asked for instead, by the registry's name: `docker.io` → `http://127.0.0.1:5000`. */
export type RegistryMirrors = Readonly<Record<string, readonly string[]>>;

export interface RegistriesOptions {
  /** Asked before those of the file. */
  readonly mirrors?: RegistryMirrors | undefined;
  /**
   * Absolute path of a file such as `{"mirrors": {"docker.io": {"endpoint": ["https://mirror.example.com"]}}}`; one that is not
   * there names none. It is read at each pull.
   */
  readonly file?: string | undefined;
  /** An OCI image layout: what it has under an image's full name is taken where the image's registry cannot be reached. */
  readonly standIns?: string | undefined;
  /** Whether it is taken before the registry is asked: the same then with a network and without one. */
  readonly standInsFirst?: boolean | undefined;
}

/** Where a registry's images are asked for. */
export interface Endpoint {
  /** With the API's version, and no slash at its end: `https://registry-1.docker.io/v2`. */
  readonly base: string;
  /** For a mirror, the registry that it stands for: one mirror may stand for several. */
  readonly namespace: string | undefined;
}

/** Registries that answer under another name than that in images' names. */
const HOSTS: Readonly<Record<string, string>> = {
  "docker.io": "registry-1.docker.io",
};

/** Any registry that no other line names. */
const ANY = "*";

/**
 * Knows where the images of a registry are asked for: at its mirrors, in their order, and then at the registry itself.
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export class Registries {
  readonly #options: RegistriesOptions;

  constructor(options: RegistriesOptions) {
    this.#options = options;
  }

  /** @throws PullError where the file cannot be read as one */
  endpoints(registry: string): readonly Endpoint[] {
    const { mirrors = {}, file } = this.#options;
    const own = mirrors[registry] ?? mirrors[ANY] ?? [];
    const named = file === undefined ? {} : readRegistries(file);
    const urls = [...own, ...(named[registry] ?? named[ANY] ?? [])];
    const host = HOSTS[registry] ?? registry;
    return [
      ...urls.map((url) => ({ base: toBase(url), namespace: registry })),
      { base: `https://${host}/v2`, namespace: undefined },
    ];
  }
}

/** Reads `docker.io=http://127.0.0.1:5000`, as often as it is given. @throws Error that says what it has to be */
export function parseMirrors(given: readonly string[]): RegistryMirrors {
  const mirrors: Record<string, string[]> = {};
  for (const text of given) {
    const at = text.indexOf("=");
    if (at < 1)
      throw new Error(`a mirror is given as docker.io=http://127.0.0.1:5000, not as ${text}`);
    (mirrors[text.slice(0, at)] ??= []).push(checkMirror(text.slice(at + 1)));
  }
  return mirrors;
}

/** Checks that a mirror is one. @throws Error that says what it has to be */
export function checkMirror(url: string): string {
  const parsed = URL.parse(url);
  const isUrl = parsed !== null && /^https?:$/.test(parsed.protocol);
  if (!isUrl || parsed.username || parsed.search || parsed.hash)
    throw new Error(`a mirror is a URL such as http://127.0.0.1:5000, not ${JSON.stringify(url)}`);
  return url;
}

/** `https://host/a` has its API at `https://host/a/v2`, as containerd has it. */
function toBase(url: string): string {
  const bare = url.replace(/\/+$/, "");
  return bare.endsWith("/v2") ? bare : `${bare}/v2`;
}

function readRegistries(file: string): RegistryMirrors {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new PullError(`${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return parseRegistries(text);
  } catch (error) {
    throw new PullError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** @throws Error that says what is wrong */
function parseRegistries(text: string): RegistryMirrors {
  const json: unknown = JSON.parse(text);
  const { mirrors = {} } = asRecord(json, "the file");
  return Object.fromEntries(
    Object.entries(asRecord(mirrors, "mirrors")).map(([registry, value]) => {
      const what = `mirrors[${JSON.stringify(registry)}]`;
      const { endpoint } = asRecord(value, what);
      if (!Array.isArray(endpoint)) throw new Error(`${what}.endpoint is no list of URLs`);
      return [registry, endpoint.map((url) => checkMirror(String(url)))];
    }),
  );
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${what} is no object`);
  return value as Record<string, unknown>;
}
