export {
  LocalAws,
  DEFAULT_HOME_ADDRESS,
  DEFAULT_PORT,
  type ListenersMode,
  type LocalAwsOptions,
} from "./local-aws.ts";
export type { Clock, Timer } from "./clock/clock.ts";
export { ManualClock } from "./clock/manual-clock.ts";
export { LOCAL_ACCELERATION, SystemClock } from "./clock/system-clock.ts";
export type { Topology, TopologyNode } from "./engine/topology.ts";
export { parseMirrors, type RegistryMirrors } from "@workbook/registry-client";
export type { TaskTier } from "./engine/runtime/task-tier.ts";
export { DataDirInUse } from "./store/lock.ts";
export { copySnapshot } from "./snapshot/copy-snapshot.ts";
export { SnapshotError } from "./snapshot/snapshot-error.ts";
export type { SnapshotSummary } from "./snapshot/snapshot-folder.ts";
