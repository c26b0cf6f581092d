import type { BlobFolder } from "./blob-folder.ts";
import { wrongPlatform } from "./pull-error.ts";

/** A descriptor of the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** The parts of a manifest, or of an index of manifests, that registries and those who pull read. */
export interface Manifest {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Of an index. */
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
  /** What a signature, or another artifact, is about. */
  readonly subject?: Descriptor;
}

/** What is no manifest, and why. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

const INDEX_TYPES: readonly string[] = [
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.index.v1+json",
];

/** The media types of manifests and of indexes. */
export const MANIFEST_TYPES: readonly string[] = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  ...INDEX_TYPES,
];

/**
 * Reads a manifest.
 * @param contentType what it was called on its way, for one that does not say it itself
 * @throws ManifestError where it is none
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function readManifest(text: string, contentType?: string): Manifest {
  const json = parseObject(text);
  const mediaType = json.mediaType ?? contentType?.split(";")[0]?.trim() ?? "";
  if (json.schemaVersion !== 2) throw new ManifestError("its schemaVersion is not 2");
  if (!MANIFEST_TYPES.includes(mediaType))
    throw new ManifestError(`its media type ${JSON.stringify(mediaType)} is not supported`);
  const descriptors = [
    ...(json.config ? [json.config] : []),
    ...(json.subject ? [json.subject] : []),
    ...(json.layers ?? []),
    ...(json.manifests ?? []),
  ];
  if (!descriptors.every(isDescriptor))
    throw new ManifestError("a descriptor has no digest or size");
  return {
    mediaType,
    artifactType: json.artifactType,
    config: json.config,
    layers: json.layers ?? [],
    manifests: json.manifests ?? [],
    annotations: json.annotations ?? {},
    subject: json.subject,
  };
}

/**
 * Of an index, the entry for the architecture, or one that does not say what it is for; undefined where the manifest is no index.
 * What is chosen may be an index again. @throws PullError
 */
export function choosePlatform(
  { mediaType, manifests }: Manifest,
  architecture: string,
): Descriptor | undefined {
  if (!INDEX_TYPES.includes(mediaType)) return undefined;
  const match =
    manifests.find(
      ({ platform }) => platform?.os === "linux" && platform.architecture === architecture,
    ) ?? manifests.find(({ platform }) => platform === undefined);
  if (!match) throw wrongPlatform(architecture);
  return match;
}

/** A manifest that is no index, and what it is called. */
export interface NamedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: Manifest;
}

/** Leads from a manifest or an index among files to the manifest for an architecture. @throws PullError, ManifestError */
export function manifestFor(
  files: Pick<BlobFolder, "text">,
  named: Pick<Descriptor, "digest" | "mediaType">,
  architecture: string,
): NamedManifest {
  const { digest, mediaType } = named;
  const manifest = readManifest(files.text(digest), mediaType);
  const chosen = choosePlatform(manifest, architecture);
  return chosen
    ? manifestFor(files, chosen, architecture)
    : { digest, mediaType: manifest.mediaType, manifest };
}

/** A manifest as it came in: an object whose lists are lists, with anything in them. */
function parseObject(text: string): Partial<Manifest> & { readonly schemaVersion?: number } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ManifestError("it is not JSON");
  }
  if (!isObject(json)) throw new ManifestError("it is not an object");
  for (const name of ["layers", "manifests"])
    if (json[name] !== undefined && !Array.isArray(json[name]))
      throw new ManifestError(`${name} is no list`);
  for (const name of ["mediaType", "artifactType"])
    if (json[name] !== undefined && typeof json[name] !== "string")
      throw new ManifestError(`${name} is no text`);
  for (const name of ["config", "annotations", "subject"])
    if (json[name] !== undefined && !isObject(json[name]))
      throw new ManifestError(`${name} is no object`);
  return json;
}

function isDescriptor(value: unknown): value is Descriptor {
  return (
    isObject(value) &&
    /^sha256:[0-9a-f]{64}$/.test(String(value["digest"])) &&
    Number.isSafeInteger(value["size"]) &&
    (value["size"] as number) >= 0
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
