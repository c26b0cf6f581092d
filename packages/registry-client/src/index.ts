export { BlobFolder, DigestMismatch, type BlobPlaces } from "./blob-folder.ts";
export type { StandInFacts } from "./layout-host.ts";
export { fullName, parseReference, type ImageReference } from "./image-reference.ts";
export {
  ManifestError,
  manifestFor,
  readManifest,
  type Descriptor,
  type Manifest,
} from "./manifest.ts";
export { realClock, type PullClock } from "./pull-clock.ts";
export { PullError, wrongPlatform } from "./pull-error.ts";
export {
  parseMirrors,
  Registries,
  type RegistriesOptions,
  type RegistryMirrors,
} from "./registries.ts";
export { whyUnreachable } from "./reach.ts";
export type { RegistryCredentials } from "./registry-credentials.ts";
export { RegistryImages, type FetchedImage, type PulledBlobs } from "./registry-images.ts";
