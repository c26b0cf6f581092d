import { defineIndex } from "../../../store/collection.ts";
import { defineKind } from "../../../store/kind.ts";
import type { Tags } from "../state.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html */
export type InstanceState =
  | "pending"
  | "running"
  | "shutting-down"
  | "terminated"
  | "stopping"
  | "stopped";

/** The one volume that an instance has. */
export interface RootVolume {
  volumeId: string;
  /** In GiB. */
  size: number;
  type: string;
  encrypted: boolean;
  deleteOnTermination: boolean;
  attachedAt: number;
}

/** How the instance's metadata service is set; there is none to ask here. */
export interface MetadataOptions {
  httpTokens: string;
  httpPutResponseHopLimit: number;
  httpEndpoint: string;
  instanceMetadataTags: string;
}

/** A virtual machine: in Local AWS a network of its own, with a Docker bridge. Keyed by its id. */
export interface Instance {
  instanceId: string;
  reservationId: string;
  launchIndex: number;
  imageId: string;
  instanceType: string;
  state: InstanceState;
  /** Why it is in its state; absent while all is well. */
  stateReason?: { readonly code: string; readonly message: string };
  stateTransitionReason: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  networkInterfaceId: string;
  privateIpAddress: string;
  profileArn?: string;
  /** Base64, as it was given. */
  userData?: string;
  launchedAt: number;
  clientToken?: string;
  detailedMonitoring: boolean;
  ebsOptimized: boolean;
  disableApiTermination: boolean;
  disableApiStop: boolean;
  shutdownBehavior: string;
  cpuCredits?: string;
  tenancy: string;
  metadata: MetadataOptions;
  volume: RootVolume;
  /** Why its ECS agent cannot register; absent where it has. */
  agentFault?: string | undefined;
  /** When it was terminated, in milliseconds since the epoch: it is shown for an hour. */
  terminatedAt?: number;
  tags: Tags;
}

export const instances = defineKind<Instance>("ec2.instance");
export const instancesByInterface = defineIndex<Instance>(({ networkInterfaceId }) => [
  networkInterfaceId,
]);

/** Whether an instance takes up its address: from its launch to its end. */
export const isThere = ({ state }: Instance): boolean => state !== "terminated";
