/**
 * The rooms of Local AWS from the ground up, as folders or files below `src`. A file imports from its own room and from
 * those before it, types included; a file is in the room that names it most closely. A service that no other imports needs no
 * row: it stands between the others and their table. A test holds every import to this, and the page on architecture shows the
 * same list.
 */
export const ROOMS = [
  "ground",
  "patterns",
  "clock",
  "store",
  "models",
  "protocol",
  "services/kit",
  "services/service.ts",
  "services/iam",
  "services/kms",
  "services/ec2",
  "services/autoscaling",
  "services/elbv2",
  "services/ecr",
  "services/ecs",
  "services/logs",
  "services/s3",
  "services/sts",
  "services/table.ts",
  "reachability",
  "snapshot",
  "engine/engine.ts",
  "engine/images",
  "engine/logs",
  "engine/runtime",
  "engine/metadata",
  "engine/network",
  "engine/task-network",
  "engine/load-balancer",
  "engine/exec",
  "engine/scheduler",
  "engine",
  "live",
  "server",
  ".",
] as const;
