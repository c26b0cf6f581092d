import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  ListClustersCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateUserCommand,
  DeleteUserCommand,
  GetUserCommand,
  IAMClient,
  ListUsersCommand,
} from "@aws-sdk/client-iam";
import { collect, unless, type ClientConfig, type Subject } from "./subject.ts";

/** What is written to is told by its tag as well as by its name: both come together, or neither. */
const TAG = "name";

export function ecsSubject(config: ClientConfig): Subject {
  const ecs = new ECSClient(config);
  return {
    service: "ecs",
    create: async (name) => {
      const tags = [{ key: TAG, value: name }];
      await ecs.send(new CreateClusterCommand({ clusterName: name, tags }));
    },
    remove: async (name) => {
      await ecs.send(new DeleteClusterCommand({ cluster: name }));
    },
    find: async () => {
      const found = await collect(async (nextToken) => {
        const listed = await ecs.send(new ListClustersCommand({ nextToken }));
        const { clusters } = await ecs.send(
          new DescribeClustersCommand({ clusters: listed.clusterArns!, include: ["TAGS"] }),
        );
        return { items: listed.clusterArns!.length === 0 ? [] : clusters!, next: listed.nextToken };
      });
      return new Map(
        found.map(({ clusterName, tags }) => [
          clusterName!,
          unless(tags![0]?.value === clusterName, "its tag"),
        ]),
      );
    },
  };
}

export function elbSubject(config: ClientConfig): Subject {
  const elb = new ElasticLoadBalancingV2Client(config);
  const vpcId = new EC2Client(config)
    .send(new DescribeVpcsCommand({}))
    .then(({ Vpcs }) => Vpcs!.find(({ IsDefault }) => IsDefault)!.VpcId);
  const find = async () => {
    const groups = await collect(async (Marker) => {
      const { TargetGroups, NextMarker } = await elb.send(
        new DescribeTargetGroupsCommand({ Marker }),
      );
      return { items: TargetGroups!, next: NextMarker };
    });
    return new Map(groups.map((group) => [group.TargetGroupName!, group]));
  };
  const tagOf = async (arn: string) => {
    const { TagDescriptions } = await elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
    return TagDescriptions![0]?.Tags?.[0]?.Value;
  };
  return {
    service: "elbv2",
    create: async (Name) => {
      const Tags = [{ Key: TAG, Value: Name }];
      const VpcId = await vpcId;
      const where = { Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId } as const;
      await elb.send(new CreateTargetGroupCommand({ Name, ...where, Tags }));
    },
    remove: async (name) => {
      const TargetGroupArn = (await find()).get(name)!.TargetGroupArn!;
      await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
    },
    find: async () => {
      const whole = [...(await find())].map(async ([name, { TargetGroupArn }]) => {
        return [name, unless((await tagOf(TargetGroupArn!)) === name, "its tag")] as const;
      });
      return new Map(await Promise.all(whole));
    },
  };
}

/** A VPC comes with its main route table, its default group and its network ACL, or not at all. */
export function ec2Subject(config: ClientConfig): Subject {
  const ec2 = new EC2Client(config);
  const vpcs = async () =>
    collect(async (NextToken) => {
      const { Vpcs, NextToken: next } = await ec2.send(new DescribeVpcsCommand({ NextToken }));
      return { items: Vpcs!.filter(({ IsDefault }) => !IsDefault), next };
    });
  const nameOf = (vpc: { Tags?: { Value?: string }[]; VpcId?: string }) =>
    vpc.Tags?.[0]?.Value ?? `${vpc.VpcId} without a name`;
  return {
    service: "ec2",
    create: async (name) => {
      const Tags = [{ Key: TAG, Value: name }];
      const TagSpecifications = [{ ResourceType: "vpc" as const, Tags }];
      await ec2.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16", TagSpecifications }));
    },
    remove: async (name) => {
      const vpc = (await vpcs()).find((it) => nameOf(it) === name)!;
      await ec2.send(new DeleteVpcCommand({ VpcId: vpc.VpcId! }));
    },
    find: async () => {
      const [tables, groups, acls] = await Promise.all([
        ec2.send(new DescribeRouteTablesCommand({})),
        ec2.send(new DescribeSecurityGroupsCommand({})),
        ec2.send(new DescribeNetworkAclsCommand({})),
      ]);
      const parts = {
        "its route table": tables.RouteTables!,
        "its security group": groups.SecurityGroups!,
        "its network ACL": acls.NetworkAcls!,
      };
      const missing = (id: string) =>
        Object.entries(parts).find(([, all]) => !all.some(({ VpcId }) => VpcId === id))?.[0] ?? "";
      return new Map((await vpcs()).map((vpc) => [nameOf(vpc), missing(vpc.VpcId!)]));
    },
  };
}

export function iamSubject(config: ClientConfig): Subject {
  const iam = new IAMClient(config);
  return {
    service: "iam",
    create: async (UserName) => {
      await iam.send(new CreateUserCommand({ UserName, Tags: [{ Key: TAG, Value: UserName }] }));
    },
    remove: async (UserName) => {
      await iam.send(new DeleteUserCommand({ UserName }));
    },
    find: async () => {
      const users = await collect(async (Marker) => {
        const { Users, Marker: next } = await iam.send(new ListUsersCommand({ Marker }));
        return { items: Users!, next };
      });
      const whole = users.map(async ({ UserName }) => {
        const { User } = await iam.send(new GetUserCommand({ UserName }));
        return [UserName!, unless(User!.Tags?.[0]?.Value === UserName, "its tag")] as const;
      });
      return new Map(await Promise.all(whole));
    },
  };
}
