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
  let json: Partial<Manifest> & { schemaVersion?: number };
  try {
    json = JSON.parse(text) as typeof json;
  } catch {
    throw invalid("it is not JSON");
  }
  const mediaType = json.mediaType ?? contentType?.split(";")[0]?.trim() ?? "";
  if (json.schemaVersion !== 2) throw invalid("its schemaVersion is not 2");
  if (!KNOWN.has(mediaType))
    throw invalid(`its media type ${JSON.stringify(mediaType)} is not supported`);
  const descriptors = [
    ...(json.config ? [json.config] : []),
    ...(json.layers ?? []),
    ...(json.manifests ?? []),
  ];
  for (const { digest, size } of descriptors) {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest) || !(size >= 0))
      throw invalid("a descriptor has no digest or size");
  }
  return {
    mediaType,
    artifactType: json.artifactType,
    config: json.config,
    layers: json.layers ?? [],
    manifests: json.manifests ?? [],
    annotations: json.annotations ?? {},
  };
}

function invalid(reason: string): AwsError {
  return new AwsError(
    "InvalidParameterException",
    `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${reason})`,
  );
}
