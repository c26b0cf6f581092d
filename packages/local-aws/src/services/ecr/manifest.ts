import { AwsError } from "../../protocol/aws-error.ts";

/** A descriptor of the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** The parts of a manifest, or of an index of manifests, that the registry reads. */
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

const KNOWN = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);

/**
 * Reads a manifest.
 * @throws AwsError `InvalidParameterException` where it is none
 * @see https://github.com/opencontainers/image-spec/blob/main/manifest.md
 */
export function parseManifest(text: string, contentType?: string): Manifest {
  const json = parseObject(text);
  const mediaType = json.mediaType ?? contentType?.split(";")[0]?.trim() ?? "";
  if (json.schemaVersion !== 2) throw invalid("its schemaVersion is not 2");
  if (!KNOWN.has(mediaType))
    throw invalid(`its media type ${JSON.stringify(mediaType)} is not supported`);
  const descriptors = [
    ...(json.config ? [json.config] : []),
    ...(json.subject ? [json.subject] : []),
    ...(json.layers ?? []),
    ...(json.manifests ?? []),
  ];
  if (!descriptors.every(isDescriptor)) throw invalid("a descriptor has no digest or size");
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

/** Whether a media type is that of an index: a list of manifests. */
export function isIndex(mediaType: string): boolean {
  return /image\.index|manifest\.list/.test(mediaType);
}

/**
 * Checks that what is put as an image says how it is made.
 * @throws AwsError `InvalidParameterException` where it does not
 */
export function checkComplete({ mediaType, config }: Manifest): void {
  if (!isIndex(mediaType) && !config) throw invalid("it has no config");
}

/** A manifest as it came in: an object whose lists are lists, with anything in them. */
function parseObject(text: string): Partial<Manifest> & { readonly schemaVersion?: number } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
  if (!isObject(json)) throw invalid("it is not an object");
  for (const name of ["layers", "manifests"])
    if (json[name] !== undefined && !Array.isArray(json[name])) throw invalid(`${name} is no list`);
  for (const name of ["mediaType", "artifactType"])
    if (json[name] !== undefined && typeof json[name] !== "string")
      throw invalid(`${name} is no text`);
  for (const name of ["config", "annotations", "subject"])
    if (json[name] !== undefined && !isObject(json[name])) throw invalid(`${name} is no object`);
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

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${reason})`,
  );
}
