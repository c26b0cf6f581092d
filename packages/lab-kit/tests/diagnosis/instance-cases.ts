import { AutoScaling } from "@aws-sdk/client-auto-scaling";

import type { AwsClients, AwsConnection } from "../../src/live.ts";
import { defaultNetwork } from "../../src/testing/balanced-service.ts";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});
const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";

/** What is written wrong about the instances, or the task, of one cluster. */
export interface InstanceCase {
  /** The cluster that the user data name; the right one unless told. */
  readonly joins?: string;
  /** Of the profile: `none` has no profile at all, `empty` a role that may do nothing. */
  readonly role?: "none" | "empty";
  /** Whether its security group lets it out. It does unless told. */
  readonly isShutIn?: boolean;
  readonly networkMode?: "bridge" | "host";
  readonly port?: number;
  readonly memory?: number;
  readonly logDriver?: "awslogs" | "gelf";
  /** What an instance has to be for a task. */
  readonly placement?: string;
  /** Whether the service asks for the launch type, not for the capacity provider. */
  readonly byLaunchType?: boolean;
}

/** Makes a cluster with a group of one instance, and a service on it; all are called alike. */
export async function makeInstances(
  aws: AwsClients,
  connection: AwsConnection,
  name: string,
  given: InstanceCase,
): Promise<void> {
  const { ecs, ec2 } = aws;
  const { vpcId, subnets } = await defaultNetwork(aws);
  await ecs.createCluster({ clusterName: name });
  const { GroupId } = await ec2.createSecurityGroup({
    GroupName: name,
    Description: name,
    VpcId: vpcId,
  });
  if (given.isShutIn)
    await ec2.revokeSecurityGroupEgress({
      GroupId,
      IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
  const { Images = [] } = await ec2.describeImages({ Owners: ["amazon"] });
  const userData = `#!/bin/bash\necho ECS_CLUSTER=${given.joins ?? name} >> /etc/ecs/ecs.config\n`;
  const profile = given.role === "none" ? undefined : await makeProfile(aws, name, given.role);
  await ec2.createLaunchTemplate({
    LaunchTemplateName: name,
    LaunchTemplateData: {
      ImageId: Images.find(({ Architecture }) => Architecture === "x86_64")!.ImageId,
      InstanceType: "t3.micro",
      SecurityGroupIds: [GroupId!],
      UserData: Buffer.from(userData).toString("base64"),
      ...(profile && { IamInstanceProfile: { Name: profile } }),
    },
  });
  await provide(aws, connection, name, subnets);
  await serve(aws, name, given);
}

async function makeProfile(
  { iam }: AwsClients,
  name: string,
  role: "empty" | undefined,
): Promise<string> {
  await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: TRUST });
  if (role !== "empty") await iam.attachRolePolicy({ RoleName: name, PolicyArn: POLICY });
  await iam.createInstanceProfile({ InstanceProfileName: name });
  await iam.addRoleToInstanceProfile({ InstanceProfileName: name, RoleName: name });
  return name;
}

async function provide(
  { ecs }: AwsClients,
  connection: AwsConnection,
  name: string,
  subnets: readonly string[],
): Promise<void> {
  const asg = new AutoScaling(connection);
  await asg.createAutoScalingGroup({
    AutoScalingGroupName: name,
    LaunchTemplate: { LaunchTemplateName: name, Version: "$Latest" },
    MinSize: 1,
    MaxSize: 1,
    VPCZoneIdentifier: subnets[0],
  });
  const { AutoScalingGroups: [group] = [] } = await asg.describeAutoScalingGroups({
    AutoScalingGroupNames: [name],
  });
  asg.destroy();
  await ecs.createCapacityProvider({
    name,
    autoScalingGroupProvider: {
      autoScalingGroupArn: group!.AutoScalingGroupARN,
      managedScaling: { status: "ENABLED", targetCapacity: 100 },
      managedTerminationProtection: "DISABLED",
    },
  });
  await ecs.putClusterCapacityProviders({
    cluster: name,
    capacityProviders: [name],
    defaultCapacityProviderStrategy: [],
  });
}

async function serve(
  { ecs }: AwsClients,
  name: string,
  { networkMode = "bridge", port = 3000, memory = 64, ...given }: InstanceCase,
): Promise<void> {
  const portMappings = [{ containerPort: port }];
  await ecs.registerTaskDefinition({
    family: name,
    containerDefinitions: [
      {
        name: "app",
        image: "public.ecr.aws/a/b:1",
        memory,
        portMappings,
        ...(given.logDriver && { logConfiguration: { logDriver: given.logDriver } }),
      },
    ],
    networkMode,
  });
  await ecs.createService({
    cluster: name,
    serviceName: name,
    taskDefinition: name,
    desiredCount: 1,
    ...(given.placement && {
      placementConstraints: [{ type: "memberOf" as const, expression: given.placement }],
    }),
    ...(given.byLaunchType
      ? { launchType: "EC2" }
      : { capacityProviderStrategy: [{ capacityProvider: name, weight: 1 }] }),
  });
}
