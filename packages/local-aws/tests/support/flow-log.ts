import { FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateFlowLogsCommand,
  DeleteFlowLogsCommand,
  DescribeFlowLogsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect } from "vitest";
import { policyOf } from "../../src/services/iam/testing/role-session.ts";
import type { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";

/** A record of the default format. */
export interface FlowRecord {
  readonly interfaceId: string;
  readonly srcaddr: string;
  readonly dstaddr: string;
  readonly dstport: string;
  readonly bytes: string;
  readonly action: string;
}

/** A flow log of the default VPC, in CloudWatch Logs. */
export class FlowLog {
  readonly #cloud: TaskCloud;
  readonly #group: string;
  readonly #id: string;

  private constructor(cloud: TaskCloud, group: string, id: string) {
    this.#cloud = cloud;
    this.#group = group;
    this.#id = id;
  }

  static async start(cloud: TaskCloud, group: string): Promise<FlowLog> {
    const trust = policyOf({
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
    const { Role } = await cloud.iam.send(
      new CreateRoleCommand({ RoleName: "flow-logs", AssumeRolePolicyDocument: trust }),
    );
    await cloud.iam.send(
      new PutRolePolicyCommand({
        RoleName: "flow-logs",
        PolicyName: "deliver",
        PolicyDocument: policyOf({ Effect: "Allow", Action: "logs:*", Resource: "*" }),
      }),
    );
    const { Vpcs } = await cloud.ec2.send(new DescribeVpcsCommand({}));
    const { FlowLogIds } = await cloud.ec2.send(
      new CreateFlowLogsCommand({
        ResourceIds: [Vpcs![0]!.VpcId!],
        ResourceType: "VPC",
        TrafficType: "ALL",
        LogGroupName: group,
        DeliverLogsPermissionArn: Role!.Arn!,
        MaxAggregationInterval: 60,
      }),
    );
    return new FlowLog(cloud, group, FlowLogIds![0]!);
  }

  /** What has been delivered so far, of interfaces that had traffic. */
  async records(): Promise<FlowRecord[]> {
    const { events = [] } = await this.#cloud.logs.send(
      new FilterLogEventsCommand({ logGroupName: this.#group, filterPattern: '" OK"' }),
    );
    return events.map(({ message = "" }) => {
      const fields = message.split(" ");
      expect(fields, message).toHaveLength(14);
      const [, , interfaceId = "", srcaddr = "", dstaddr = "", , dstport = ""] = fields;
      const [bytes = "", , , action = ""] = fields.slice(9);
      return { interfaceId, srcaddr, dstaddr, dstport, bytes, action };
    });
  }

  async end(): Promise<void> {
    const { FlowLogs } = await this.#cloud.ec2.send(
      new DescribeFlowLogsCommand({ FlowLogIds: [this.#id] }),
    );
    expect(FlowLogs).toMatchObject([{ DeliverLogsStatus: "SUCCESS", FlowLogStatus: "ACTIVE" }]);
    await this.#cloud.ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [this.#id] }));
  }
}
