import {
  manifestFor,
  parseReference,
  PullError,
  realClock,
  Registries,
  RegistryImages,
  type RegistryCredentials,
} from "@workbook/registry-client";
import { BuildError } from "../errors.ts";
import { addToLayout, findImage, type LayoutImage } from "../layout/layout.ts";
import { hostPlatform } from "../platform.ts";
import { pulledBlobs } from "./pulled-blobs.ts";

export interface PullImageOptions {
  /** `http://` or `https://`, a host and perhaps a port. */
  registry: string;
  repository: string;
  /** A tag or a digest. */
  reference: string;
  /** An OCI image layout; made if it is not there, added to if it is. */
  outputDir: string;
  /** The value of the Authorization header, as `Basic …`. */
  authorization?: string;
  signal?: AbortSignal;
}

/** What passes gets one more chance: somebody waits for it. */
const ATTEMPTS = 2;

/**
 * Pulls an image for this machine into a layout. Every blob is checked against its digest before it appears there.
 *
 * @throws {BuildError} `REGISTRY` for what the registry refuses, and for content that is not what its digest says
 */
export async function pullImage(
  options: PullImageOptions,
): Promise<LayoutImage & { layoutDir: string }> {
  const { registry, repository, reference, outputDir, authorization, signal } = options;
  const { host } = new URL(registry);
  const files = await pulledBlobs(outputDir);
  const registries = new Registries({ mirrors: { [host]: [registry] } });
  const images = new RegistryImages({ clock: realClock, files, registries, attempts: ATTEMPTS });
  const end = () => void images.close();
  signal?.addEventListener("abort", end, { once: true });
  try {
    const name = `${host}/${repository}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`;
    const { architecture } = hostPlatform();
    const found = await images.pull(
      parseReference(name),
      architecture,
      credentialsOf(authorization),
    );
    const { digest, mediaType } = manifestFor(files.layers, found, architecture);
    const descriptor = { mediaType, digest, size: files.layers.size(digest) };
    await addToLayout(outputDir, descriptor, digest.slice("sha256:".length).slice(0, 12), signal);
    return { ...(await findImage(outputDir, digest)), layoutDir: outputDir };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof PullError)) throw error;
    throw new BuildError("REGISTRY", [error.message, error.message], { cause: error });
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

function credentialsOf(authorization: string | undefined): RegistryCredentials | undefined {
  const [, encoded] = /^Basic (.+)$/.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString();
  const at = decoded.indexOf(":");
  return { username: decoded.slice(0, at), password: decoded.slice(at + 1) };
}
