export { LayerError, resolveInRoot } from "./root-path.ts";
export {
  UNPACK_LIMITS,
  unpackLayer,
  type LayerBlob,
  type UnpackBudget,
  type UnpackOptions,
} from "./unpack-layer.ts";
