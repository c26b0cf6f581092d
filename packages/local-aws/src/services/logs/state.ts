import type { StandardUnit } from "@aws-sdk/client-cloudwatch-logs";
import { defineIndex, type Place } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. */
export interface LogGroup {
  name: string;
  arn: string;
  creationTime: number;
  retentionInDays?: number;
  kmsKeyId?: string;
  logGroupClass: string;
  deletionProtectionEnabled?: boolean;
  tags: Readonly<Record<string, string>>;
}

/** Keyed by `<group>:<stream>` (a group's name holds no colon). Times of events are kept with the events. */
export interface LogStream {
  groupName: string;
  name: string;
  arn: string;
  creationTime: number;
}

/** What lets services of AWS write into groups. Keyed by name. */
export interface ResourcePolicy {
  name: string;
  /** JSON. */
  document: string;
  updatedAt: number;
}

/** Keyed by `<group>:<filter>`. */
export interface MetricFilter {
  groupName: string;
  name: string;
  pattern: string;
  createdAt: number;
  transformation: {
    namespace: string;
    name: string;
    /** A number, or the field that has it: `$.bytes`. */
    value: string;
    /** What a minute counts in which events came and none matched. */
    defaultValue?: number | undefined;
    /** Fields, by the name of the dimension. */
    dimensions?: Readonly<Record<string, string>> | undefined;
    unit?: StandardUnit | undefined;
  };
}

export const metricFilters = defineKind<MetricFilter>("logs.metric-filter");
export const filtersByGroup = defineIndex<MetricFilter>(({ groupName }) => [groupName]);
export const logGroups = defineKind<LogGroup>("logs.group");
export const logStreams = defineKind<LogStream>("logs.stream");
export const resourcePolicies = defineKind<ResourcePolicy>("logs.resource-policy");

/** Which stream of which group. */
export interface StreamPlace extends Place {
  readonly group: string;
  readonly stream: string;
}

export interface NewLogEvent extends StreamPlace {
  /** Milliseconds since the epoch, as is `ingestionTime`. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export interface LogEvent {
  /** Grows with every event of the cloud: the order among events of one millisecond. */
  readonly seq: number;
  readonly stream: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

export const kept: Kept = {
  shown: [logGroups, logStreams, resourcePolicies],
  written: [written(logStreams)],
};
