export { LayerError, resolveInRoot } from "./root-path.ts";
export {
  DiffIdError,
  UNPACK_LIMITS,
  unpackLayer,
  type LayerBlob,
  type UnpackBudget,
  type UnpackOptions,
} from "./unpack-layer.ts";
