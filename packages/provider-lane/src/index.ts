export { findPlugin, findProvider } from "./find-provider.ts";
export { inLane, type Attempt, type Reattach } from "./in-lane.ts";
export { openLane, type Lane, type LaneOptions } from "./lane.ts";
export { isUnknownType, namesIn } from "./schema.ts";
