import type { TrafficType } from "@aws-sdk/client-ec2";
import { defineKind } from "../../../store/kind.ts";
import type { Tags } from "../state.ts";

/** What is written down of the traffic of an interface, or of all that are in a subnet or a VPC. Keyed by id. */
export interface FlowLog {
  flowLogId: string;
  resourceId: string;
  trafficType: TrafficType;
  logGroupName: string;
  /** The role that records are delivered by. */
  roleArn: string;
  /** Fields as `${name}`, in the order of the records. */
  format: string;
  /** 60 or 600: how long a record reaches. */
  intervalSeconds: number;
  createdAt: number;
  /** Why records could not be delivered, the last time. */
  error?: string;
  tags: Tags;
}

export const flowLogs = defineKind<FlowLog>("ec2.flow-log");
