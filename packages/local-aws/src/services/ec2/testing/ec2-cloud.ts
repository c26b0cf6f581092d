import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeAvailabilityZonesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll } from "vitest";
import { ManualClock } from "../../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../../testing.ts";

/** A cloud for the tests of one file, with time that stands still. */
export interface Ec2TestCloud {
  readonly client: EC2Client;
  readonly clock: ManualClock;
  readonly cloud: TestCloud;
  /** Makes a VPC; returns its id. */
  newVpc(cidrBlock?: string): Promise<string>;
  /** Makes a subnet in the first zone; returns its id. */
  newSubnet(vpcId: string, cidrBlock: string): Promise<string>;
  zones(): Promise<string[]>;
}

/** Starts a cloud before the tests of the file that calls this and stops it after them. */
export function useEc2(): Ec2TestCloud {
  const parts: { cloud?: TestCloud; client?: EC2Client; clock: ManualClock } = {
    clock: new ManualClock(),
  };
  beforeAll(async () => {
    parts.cloud = await startTestCloud({ clock: parts.clock });
    parts.client = new EC2Client(parts.cloud.clientConfig);
  });
  afterAll(async () => {
    parts.client?.destroy();
    await parts.cloud?.stop();
  });
  return {
    clock: parts.clock,
    get client() {
      return parts.client!;
    },
    get cloud() {
      return parts.cloud!;
    },
    async newVpc(CidrBlock = "10.0.0.0/16") {
      return (await parts.client!.send(new CreateVpcCommand({ CidrBlock }))).Vpc!.VpcId!;
    },
    async newSubnet(VpcId, CidrBlock) {
      const command = new CreateSubnetCommand({ VpcId, CidrBlock });
      return (await parts.client!.send(command)).Subnet!.SubnetId!;
    },
    async zones() {
      const answer = await parts.client!.send(new DescribeAvailabilityZonesCommand({}));
      return answer.AvailabilityZones!.map(({ ZoneName }) => ZoneName!);
    },
  };
}
