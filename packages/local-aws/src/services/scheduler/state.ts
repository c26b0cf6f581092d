import type { FlexibleTimeWindow, Target } from "@aws-sdk/client-scheduler";
import { defineKind } from "../../store/kind.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. The default group is there without being stored, until it is tagged. */
export interface ScheduleGroup {
  name: string;
  arn: string;
  createdAt: number;
  modifiedAt: number;
  tags: readonly { Key: string; Value: string }[];
  clientToken?: string;
}

/** Keyed by `group/name`. */
export interface StoredSchedule {
  name: string;
  groupName: string;
  arn: string;
  expression: string;
  timeZone: string;
  state: "ENABLED" | "DISABLED";
  description?: string;
  startAt?: number;
  endAt?: number;
  target: Target;
  window: FlexibleTimeWindow;
  afterCompletion: "NONE" | "DELETE";
  createdAt: number;
  modifiedAt: number;
  /** From when a rate counts. */
  scheduledFrom: number;
  clientToken?: string;
}

export const scheduleGroups = defineKind<ScheduleGroup>("scheduler.group");
export const schedules = defineKind<StoredSchedule>("scheduler.schedule");

export const kept: Kept = {
  shown: [scheduleGroups, schedules],
};
