import type { CapacityDistributionStrategy } from "@aws-sdk/client-auto-scaling";
import { defineIndex } from "../../store/collection.ts";
import { defineKind } from "../../store/kind.ts";
import type { Kept } from "../service.ts";

export interface GroupTag {
  key: string;
  value: string;
  propagateAtLaunch: boolean;
}

/** An instance of a group. What runs of it is EC2's. */
export interface GroupInstance {
  instanceId: string;
  instanceType: string;
  imageId: string;
  availabilityZone: string;
  templateVersion: string;
  lifecycleState: "Pending" | "InService" | "Terminating";
  healthStatus: "Healthy" | "Unhealthy";
  protectedFromScaleIn: boolean;
}

/** Keyed by its name. The engine keeps its instances at `desiredCapacity`. */
export interface AutoScalingGroup {
  name: string;
  arn: string;
  /** The version as it was asked for: a number, `$Latest` or `$Default`. */
  launchTemplate: { id: string; name: string; version: string };
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  /** Seconds. */
  defaultCooldown: number;
  subnetIds: readonly string[];
  availabilityZones: readonly string[];
  /**
   * What becomes of a launch that fails in one zone; undefined in groups from before it was kept: `balanced-best-effort`. There are no
   * reservations here, and without any `reservations-then-balanced` comes to the same.
   */
  zoneStrategy?: CapacityDistributionStrategy;
  healthCheckType: string;
  healthCheckGracePeriod: number;
  newInstancesProtectedFromScaleIn: boolean;
  terminationPolicies: readonly string[];
  suspendedProcesses: readonly string[];
  serviceLinkedRoleArn: string;
  maxInstanceLifetime?: number;
  defaultInstanceWarmup?: number;
  instances: readonly GroupInstance[];
  /** Set while the group waits for its instances to end. */
  status?: "Delete in progress";
  tags: readonly GroupTag[];
  createdAt: number;
}

/** What a group has done. */
export interface Activity {
  activityId: string;
  groupName: string;
  groupArn: string;
  description: string;
  cause: string;
  statusCode: "InProgress" | "Successful" | "Failed";
  statusMessage?: string;
  startedAt: number;
  endedAt?: number;
}

export const autoScalingGroups = defineKind<AutoScalingGroup>("autoscaling.group");
export const activities = defineKind<Activity>("autoscaling.activity");
export const activitiesByGroup = defineIndex<Activity>(({ groupName }) => [groupName]);

export const kept: Kept = {
  shown: [autoScalingGroups],
};
