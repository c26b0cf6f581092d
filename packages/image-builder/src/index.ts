export { buildImage } from "./build-image.ts";
export { BaseRegistries } from "./base/base-registries.ts";
export type { BuildEvent, BuildImageOptions, BuiltImage, UsedBase } from "./build/options.ts";
export { BuildError, type BuildErrorCode } from "./errors.ts";
export { unpackLayer } from "./layers/unpack-layer.ts";
export {
  findImage,
  listLayers,
  readLayout,
  type LayerInfo,
  type LayoutImage,
} from "./layout/layout.ts";
export { hostPlatform, type Platform } from "./platform.ts";
export type { BuildTools } from "./run/tools.ts";
export { pullImage, type PullImageOptions } from "./registry/pull-image.ts";
export { pushImage, type PushImageOptions, type TransferEvent } from "./registry/push-image.ts";
