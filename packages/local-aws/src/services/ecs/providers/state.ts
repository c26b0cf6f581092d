import { defineKind } from "../../../store/kind.ts";
import type { Tags } from "../state.ts";

/** How ECS sizes the Auto Scaling group of a provider. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html */
export interface ManagedScaling {
  status: "ENABLED" | "DISABLED";
  /** In percent: how much of the instances' room is to be in use. */
  targetCapacity: number;
  minimumScalingStepSize: number;
  maximumScalingStepSize: number;
  instanceWarmupPeriod: number;
}

/** A provider of instances. Keyed by its name; those of Fargate are not stored. */
export interface CapacityProvider {
  arn: string;
  name: string;
  autoScalingGroupArn: string;
  managedScaling: ManagedScaling;
  managedTerminationProtection: "ENABLED" | "DISABLED";
  managedDraining: "ENABLED" | "DISABLED";
  updateStatus?: "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "DELETE_COMPLETE";
  createdAt: number;
  tags: Tags;
}

export const capacityProviders = defineKind<CapacityProvider>("ecs.capacity-provider");
