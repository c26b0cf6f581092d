import * as asg from "@aws-sdk/client-auto-scaling";
import {
  CreateLaunchTemplateVersionCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupsCommand,
  ModifyLaunchTemplateCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TaskCloud } from "../../engine/scheduler/testing/task-cloud.ts";
import { eventually, InstanceCloud } from "../../../tests/support/instance-cloud.ts";

let tasks: TaskCloud;
let cloud: InstanceCloud;
let client: asg.AutoScalingClient;
let group: Awaited<ReturnType<InstanceCloud["group"]>>;

beforeAll(async () => {
  tasks = await TaskCloud.start({ tasks: "off" });
  cloud = await InstanceCloud.in(tasks);
  client = new asg.AutoScalingClient(tasks.test.clientConfig);
  group = await cloud.group("web", { groupId: await defaultGroup(), max: 3 });
}, 60_000);
afterAll(async () => {
  expect(tasks.test.errors).toEqual([]);
  client.destroy();
  await tasks.stop();
});

async function defaultGroup(): Promise<string> {
  const { Reservations: [none] = [] } = await tasks.ec2.send(new DescribeInstancesCommand({}));
  expect(none).toBeUndefined();
  const { InstanceId = "" } = await cloud.launch();
  return (await cloud.instance(InstanceId)).SecurityGroups![0]!.GroupId!;
}

const AutoScalingGroupName = "web";
const size = (DesiredCapacity: number) =>
  client.send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
const inService = (count: number) =>
  eventually(async () => {
    const { Instances = [] } = await group.describe();
    expect(Instances.map(({ LifecycleState }) => LifecycleState)).toEqual(
      Array.from({ length: count }, () => "InService"),
    );
    return Instances;
  });

test("a group has the instances that it is to have, spread over its zones, with its tags", async () => {
  const tag = { ResourceId: "web", ResourceType: "auto-scaling-group", Key: "team", Value: "a" };
  await client.send(
    new asg.CreateOrUpdateTagsCommand({ Tags: [{ ...tag, PropagateAtLaunch: true }] }),
  );
  await size(2);
  const members = await inService(2);
  expect(new Set(members.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(2);
  const instance = await cloud.instance(members[0]!.InstanceId!);
  const tags = Object.fromEntries(instance.Tags!.map(({ Key, Value }) => [Key!, Value!]));
  expect(tags).toMatchObject({ team: "a", "aws:autoscaling:groupName": "web" });
  const { Activities = [] } = await client.send(
    new asg.DescribeScalingActivitiesCommand({ AutoScalingGroupName }),
  );
  expect(Activities.map(({ StatusCode }) => StatusCode)).toEqual(["Successful", "Successful"]);
  expect(Activities[0]!.Description).toMatch(/^Launching a new EC2 instance: i-[0-9a-f]{17}$/);
  await expect(size(4)).rejects.toMatchObject({
    name: "ValidationError",
    message: "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.",
  });
});

test("an instance that is protected stays when the group shrinks", async () => {
  const [kept, other] = await inService(2);
  await client.send(
    new asg.SetInstanceProtectionCommand({
      AutoScalingGroupName,
      InstanceIds: [kept!.InstanceId!],
      ProtectedFromScaleIn: true,
    }),
  );
  await size(1);
  expect(await inService(1)).toMatchObject([{ InstanceId: kept!.InstanceId }]);
  expect((await cloud.instance(other!.InstanceId!)).State!.Name).toBe("terminated");
});

test("one that is taken away is replaced, from the newest version of the template", async () => {
  const [old] = await inService(1);
  const LaunchTemplateName = "web";
  await tasks.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName,
      SourceVersion: "1",
      LaunchTemplateData: { InstanceType: "t3.small" },
    }),
  );
  await tasks.ec2.send(
    new ModifyLaunchTemplateCommand({ LaunchTemplateName, DefaultVersion: "2" }),
  );
  const { LaunchTemplateVersions: [version] = [] } = await tasks.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName, Versions: ["$Default"] }),
  );
  expect(version).toMatchObject({
    VersionNumber: 2,
    LaunchTemplateData: { InstanceType: "t3.small", ImageId: cloud.imageId },
  });
  await client.send(
    new asg.TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: old!.InstanceId!,
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  await eventually(async () => {
    const { Instances } = await group.describe();
    expect(Instances).toMatchObject([{ InstanceType: "t3.small", LifecycleState: "InService" }]);
  });
});

test("a provider has one group, which carries ECS's tag; termination is protected where the group lets it", async () => {
  const create = (name: string, more: object = {}) =>
    tasks.ecs.send(
      new CreateCapacityProviderCommand({
        name,
        autoScalingGroupProvider: { autoScalingGroupArn: group.arn, ...more },
      }),
    );
  const managedScaling = { status: "ENABLED" as const };
  await expect(
    create("p", { managedScaling, managedTerminationProtection: "ENABLED" }),
  ).rejects.toMatchObject({
    message: expect.stringContaining("instance protection from scale in"),
  });
  await create("p");
  await expect(create("q")).rejects.toMatchObject({ name: "ClientException" });
  expect((await group.describe()).Tags).toContainEqual(
    expect.objectContaining({ Key: "AmazonECSManaged", PropagateAtLaunch: true }),
  );
  const { capacityProviders, failures } = await tasks.ecs.send(
    new DescribeCapacityProvidersCommand({ capacityProviders: ["p", "q"] }),
  );
  expect(capacityProviders).toMatchObject([
    { name: "p", autoScalingGroupProvider: { managedScaling: { status: "DISABLED" } } },
  ]);
  expect(failures).toMatchObject([{ reason: "MISSING" }]);
});

test("a launch that fails in one zone is made in another, unless the group is to be balanced whatever happens", async () => {
  const { ec2 } = tasks;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/24" }));
  const subnet = async (CidrBlock: string, zone: string) => {
    const AvailabilityZone = `ap-northeast-1${zone}`;
    const given = { VpcId: Vpc!.VpcId!, CidrBlock, AvailabilityZone };
    const { Subnet } = await ec2.send(new CreateSubnetCommand(given));
    return Subnet!.SubnetId!;
  };
  // Sixteen addresses, five of them AWS's own.
  const full = await subnet("10.9.0.0/28", "a");
  for (let index = 0; index < 11; index++)
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: full }));
  const other = await subnet("10.9.0.64/28", "c");
  const { SecurityGroups: [own] = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "vpc-id", Values: [Vpc!.VpcId!] }] }),
  );
  const zones = await cloud.group("zones", { groupId: own!.GroupId!, max: 2 });
  expect(await zones.describe()).toMatchObject({
    AvailabilityZoneDistribution: { CapacityDistributionStrategy: "balanced-best-effort" },
  });
  const change = (CapacityDistributionStrategy: asg.CapacityDistributionStrategy) =>
    client.send(
      new asg.UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: "zones",
        VPCZoneIdentifier: `${full},${other}`,
        DesiredCapacity: 1,
        AvailabilityZoneDistribution: { CapacityDistributionStrategy },
      }),
    );
  await change("balanced-only");
  await eventually(async () => {
    const { Activities = [] } = await client.send(
      new asg.DescribeScalingActivitiesCommand({ AutoScalingGroupName: "zones" }),
    );
    expect(Activities).toMatchObject([{ StatusCode: "Failed" }]);
  });
  expect((await zones.describe()).Instances).toEqual([]);
  await change("balanced-best-effort");
  await eventually(async () =>
    expect(await zones.describe()).toMatchObject({
      Instances: [{ AvailabilityZone: "ap-northeast-1c", LifecycleState: "InService" }],
    }),
  );
});

test("a group with instances goes with them, by force", async () => {
  const remove = (ForceDelete: boolean) =>
    client.send(new asg.DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete }));
  await expect(remove(false)).rejects.toMatchObject({ name: "ResourceInUseFault" });
  await remove(true);
  await eventually(async () => {
    const { AutoScalingGroups } = await client.send(
      new asg.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["web"] }),
    );
    expect(AutoScalingGroups).toEqual([]);
  });
});
