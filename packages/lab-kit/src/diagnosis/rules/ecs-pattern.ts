import type { Words } from "@workbook/toolchain";

/** The types of ECS's events, with the fields of theirs that have known words: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html */
const TYPES: readonly string[] = [
  "ECS Task State Change",
  "ECS Container Instance State Change",
  "ECS Service Action",
  "ECS Deployment State Change",
];
const STATUSES: readonly string[] = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
  "DELETED",
];
const STOP_CODES: readonly string[] = [
  "TaskFailedToStart",
  "EssentialContainerExited",
  "UserInitiated",
  "ServiceSchedulerInitiated",
  "SpotInterruption",
  "TerminationNotice",
];

/**
 * Why no event of ECS can match a rule's pattern: it names what none of them says; undefined where one may, or the pattern is about others.
 *
 * @param text JSON
 */
export function ecsPatternFault(text: string): Words | undefined {
  const pattern = JSON.parse(text) as Pattern;
  if (JSON.stringify(pattern.source) !== '["aws.ecs"]') return undefined;
  const { detail = {} } = pattern;
  return (
    strange("detail-type", pattern["detail-type"], TYPES) ??
    strange("detail.lastStatus", detail["lastStatus"], STATUSES) ??
    strange("detail.desiredStatus", detail["desiredStatus"], STATUSES) ??
    strange("detail.stopCode", detail["stopCode"], STOP_CODES)
  );
}

interface Pattern {
  readonly source?: unknown;
  readonly "detail-type"?: unknown;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A field all of whose values are plain words, of which none is known. */
function strange(field: string, wanted: unknown, known: readonly string[]): Words | undefined {
  if (!Array.isArray(wanted) || wanted.length === 0) return undefined;
  const isNever = wanted.every((each) => typeof each === "string" && !known.includes(each));
  const value = JSON.stringify(wanted[0]);
  return isNever
    ? [`${field} is never ${value}`, `${field} が ${value} になることはありません`]
    : undefined;
}
