import { defineKind } from "../../store/kind.ts";

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

export const logGroups = defineKind<LogGroup>("logs.group");
export const logStreams = defineKind<LogStream>("logs.stream");
