import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateLaunchTemplateCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  type Instance,
  type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import {
  CreateCapacityProviderCommand,
  CreateServiceCommand,
  PutClusterCapacityProvidersCommand,
  DescribeContainerInstancesCommand,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type ContainerInstance,
  type CreateServiceCommandInput,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
} from "@aws-sdk/client-iam";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, vi } from "vitest";
import type { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";

const TRUST_EC2 = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});
const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role";
export const ECS_IMAGE = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";

/** User data that have an instance join a cluster. */
export const joining = (cluster: string, ...more: string[]) =>
  Buffer.from(
    [
      "#!/bin/bash",
      ...[`ECS_CLUSTER=${cluster}`, ...more].map((it) => `echo '${it}' >> /etc/ecs/ecs.config`),
    ].join("\n"),
  ).toString("base64");

/** What clouds with instances have in common, asked through the SDK as people do. */
export class InstanceCloud {
  readonly cloud: TaskCloud;
  readonly imageId: string;

  private constructor(cloud: TaskCloud, imageId: string) {
    this.cloud = cloud;
    this.imageId = imageId;
  }

  /** Gives a cloud a profile `ecs-instance`, and reads the image's id from its public parameter. */
  static async in(cloud: TaskCloud): Promise<InstanceCloud> {
    const { iam, test } = cloud;
    await iam.send(
      new CreateRoleCommand({ RoleName: "ecs-instance", AssumeRolePolicyDocument: TRUST_EC2 }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: "ecs-instance", PolicyArn: POLICY }));
    const InstanceProfileName = "ecs-instance";
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
    await iam.send(
      new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: "ecs-instance" }),
    );
    const ssm = new SSMClient(test.clientConfig);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: ECS_IMAGE }));
    ssm.destroy();
    return new InstanceCloud(cloud, Parameter!.Value!);
  }

  /** The same cloud in another run of its server. */
  on(cloud: TaskCloud): InstanceCloud {
    return new InstanceCloud(cloud, this.imageId);
  }

  async launch(more: Partial<RunInstancesCommandInput> = {}): Promise<Instance> {
    const { Instances } = await this.cloud.ec2.send(
      new RunInstancesCommand({
        ImageId: this.imageId,
        InstanceType: "t3.micro",
        MinCount: 1,
        MaxCount: 1,
        IamInstanceProfile: { Name: "ecs-instance" },
        UserData: joining("c"),
        ...more,
      }),
    );
    return Instances![0]!;
  }

  async instance(id: string): Promise<Instance> {
    const { Reservations } = await this.cloud.ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [id] }),
    );
    return Reservations![0]!.Instances![0]!;
  }

  /** The container instances of the cluster. */
  async registered(): Promise<ContainerInstance[]> {
    const { ecs } = this.cloud;
    const { containerInstanceArns = [] } = await ecs.send(
      new ListContainerInstancesCommand({ cluster: "c" }),
    );
    if (containerInstanceArns.length === 0) return [];
    const { containerInstances = [] } = await ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: "c",
        containerInstances: containerInstanceArns,
      }),
    );
    return containerInstances;
  }

  /** Waits until an instance has joined the cluster. */
  async joined(ec2InstanceId: string): Promise<ContainerInstance> {
    return eventually(async () => {
      const found = (await this.registered()).find((it) => it.ec2InstanceId === ec2InstanceId);
      expect(found).toMatchObject({ agentConnected: true });
      return found!;
    });
  }

  /** Registers a definition for instances: no size of the task, network mode bridge; its ARN. */
  async define(
    family: string,
    containerDefinitions: ContainerDefinition[],
    more: Partial<RegisterTaskDefinitionCommandInput> = {},
  ): Promise<string> {
    const { taskDefinition } = await this.cloud.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        executionRoleArn: this.cloud.executionRoleArn,
        containerDefinitions,
        ...more,
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  /** Makes an Auto Scaling group without instances, whose instances would join the cluster. */
  async group(
    name: string,
    { groupId, max, isProtected = false }: { groupId: string; max: number; isProtected?: boolean },
  ): Promise<{ arn: string; describe: () => Promise<AutoScalingGroup> }> {
    const { ec2, subnets, test } = this.cloud;
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: name,
        LaunchTemplateData: {
          ImageId: this.imageId,
          InstanceType: "t3.micro",
          IamInstanceProfile: { Name: "ecs-instance" },
          UserData: joining("c"),
          SecurityGroupIds: [groupId],
        },
      }),
    );
    const asg = new AutoScalingClient(test.clientConfig);
    await asg.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        LaunchTemplate: { LaunchTemplateName: name, Version: "$Latest" },
        MinSize: 0,
        MaxSize: max,
        VPCZoneIdentifier: subnets.slice(0, 2).join(","),
        NewInstancesProtectedFromScaleIn: isProtected,
      }),
    );
    const describe = async () => {
      const { AutoScalingGroups } = await asg.send(
        new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
      );
      return AutoScalingGroups![0]!;
    };
    return { arn: (await describe()).AutoScalingGroupARN!, describe };
  }

  /** Makes the group the cluster's capacity provider, with managed scaling and termination protection. */
  async provide(name: string, autoScalingGroupArn: string): Promise<void> {
    const { ecs } = this.cloud;
    await ecs.send(
      new CreateCapacityProviderCommand({
        name,
        autoScalingGroupProvider: {
          autoScalingGroupArn,
          managedScaling: { status: "ENABLED", targetCapacity: 100 },
          managedTerminationProtection: "ENABLED",
        },
      }),
    );
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: "c",
        capacityProviders: [name],
        defaultCapacityProviderStrategy: [],
      }),
    );
  }

  async serve(
    serviceName: string,
    taskDefinition: string,
    more: Partial<CreateServiceCommandInput> = {},
  ): Promise<void> {
    await this.cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName,
        taskDefinition,
        desiredCount: 1,
        ...more,
      }),
    );
  }
}

/** Asks again until nothing is thrown. */
export const eventually = <T>(ask: () => Promise<T>): Promise<T> =>
  vi.waitFor(ask, { timeout: 60_000, interval: 25 });

/** What is left of a resource of an instance. */
export function left(instance: ContainerInstance, name: string): number | readonly string[] {
  const { integerValue, stringSetValue, type } = instance.remainingResources!.find(
    (it) => it.name === name,
  )!;
  return type === "STRINGSET" ? stringSetValue! : integerValue!;
}
