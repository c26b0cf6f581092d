import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, DescribeImagesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateCapacityProviderCommand,
  PutClusterCapacityProvidersCommand,
} from "@aws-sdk/client-ecs";
import type { EventsCloud } from "./events-cloud.ts";

/** Gives the cluster a capacity provider that has no instances, and gets none. */
export async function addEmptyProvider(cloud: EventsCloud, name: string): Promise<void> {
  const { clientConfig } = cloud.test;
  const [ec2, autoScaling] = [new EC2Client(clientConfig), new AutoScalingClient(clientConfig)];
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  const LaunchTemplateData = { ImageId: Images[0]!.ImageId!, InstanceType: "t3.small" as const };
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData }));
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: name, Version: "1" },
      MinSize: 0,
      MaxSize: 0,
      VPCZoneIdentifier: cloud.subnets[0],
    }),
  );
  const { AutoScalingGroups: [group] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({}),
  );
  const autoScalingGroupArn = group!.AutoScalingGroupARN!;
  await cloud.ecs.send(
    new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn } }),
  );
  await cloud.ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: "c",
      capacityProviders: [name],
      defaultCapacityProviderStrategy: [],
    }),
  );
  for (const client of [ec2, autoScaling]) client.destroy();
}
