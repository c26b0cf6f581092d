import { unsupported } from "../../kit/faults.ts";
import { invalidParameter } from "../faults.ts";

/** The fields of records that there are here. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const FIELDS = [
  "version",
  "account-id",
  "interface-id",
  "srcaddr",
  "dstaddr",
  "srcport",
  "dstport",
  "protocol",
  "packets",
  "bytes",
  "start",
  "end",
  "action",
  "log-status",
  "vpc-id",
  "subnet-id",
  "type",
  "pkt-srcaddr",
  "pkt-dstaddr",
  "region",
  "flow-direction",
] as const;

export type FieldName = (typeof FIELDS)[number];

/** Those that AWS has beside them. */
const OTHERS: ReadonlySet<string> = new Set([
  "instance-id",
  "tcp-flags",
  "az-id",
  "sublocation-type",
  "sublocation-id",
  "pkt-src-aws-service",
  "pkt-dst-aws-service",
  "traffic-path",
  "ecs-cluster-arn",
  "ecs-cluster-name",
  "ecs-container-instance-arn",
  "ecs-container-instance-id",
  "ecs-container-id",
  "ecs-second-container-id",
  "ecs-service-name",
  "ecs-task-definition-arn",
  "ecs-task-arn",
  "ecs-task-id",
  "reject-reason",
  "resource-id",
  "encryption-status",
]);

const KNOWN: ReadonlySet<string> = new Set(FIELDS);

/** The fields of version 2, which records have where no format is given. */
export const DEFAULT_FORMAT = FIELDS.slice(0, 14)
  .map((name) => `\${${name}}`)
  .join(" ");

/**
 * The fields that a format names.
 * @throws AwsError `InvalidParameter` for what is no field; `NotImplemented` by name for one that is not here
 */
export function readFormat(format: string): FieldName[] {
  const parts = format.trim().split(/\s+/);
  const names = parts.map((part) => /^\$\{([a-z0-9-]+)\}$/.exec(part)?.[1] ?? part);
  const absent = names.filter((name) => OTHERS.has(name));
  if (absent.length > 0) throw unsupported(`the fields ${absent.join(", ")} of flow logs`);
  const unknown = names.filter((name, index) => !KNOWN.has(name) || parts[index] === name);
  if (unknown.length > 0)
    throw invalidParameter(`Unknown fields provided: [${unknown.join(", ")}]`);
  return names as FieldName[];
}
