import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
} from "@aws-sdk/client-codedeploy";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import type { PipelineCloud } from "./pipeline-cloud.ts";

/** Makes a service `green` that wants no task, and an application and a group of its name, by which CodeDeploy deploys it at once. */
export async function createBlueGreenService(cloud: PipelineCloud): Promise<void> {
  const { clientConfig } = cloud.test;
  const [ec2, elb, codedeploy] = [
    new EC2Client(clientConfig),
    new ElasticLoadBalancingV2Client(clientConfig),
    new CodeDeployClient(clientConfig),
  ];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const subnets = Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!);
  const web = await createBalancer(elb, subnets, Subnets[0]!.VpcId!);
  const [targetGroup] = web.targetGroups;
  await cloud.ecs.send(
    new CreateServiceCommand({
      cluster: "c",
      serviceName: "green",
      taskDefinition: "web",
      desiredCount: 0,
      launchType: "FARGATE",
      deploymentController: { type: "CODE_DEPLOY" },
      networkConfiguration: { awsvpcConfiguration: { subnets } },
      loadBalancers: [
        { targetGroupArn: targetGroup!.TargetGroupArn, containerName: "web", containerPort: 80 },
      ],
    }),
  );
  await createDeploymentGroup(cloud, codedeploy, web);
  for (const client of [ec2, elb, codedeploy]) client.destroy();
}

/** What CodeDeploy moves traffic with: a listener, and two target groups. */
interface Traffic {
  readonly listenerArn: string;
  readonly targetGroups: readonly TargetGroup[];
}

async function createBalancer(
  elb: ElasticLoadBalancingV2Client,
  subnets: string[],
  VpcId: string,
): Promise<Traffic> {
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "green", Subnets: subnets }),
  );
  const { LoadBalancerArn } = LoadBalancers![0]!;
  const targetGroups: TargetGroup[] = [];
  for (const Name of ["green-one", "green-two"]) {
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({
        Name,
        Protocol: "HTTP",
        Port: 80,
        VpcId,
        TargetType: "ip",
      }),
    );
    targetGroups.push(TargetGroups![0]!);
  }
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroups[0]!.TargetGroupArn }],
    }),
  );
  return { listenerArn: Listeners![0]!.ListenerArn!, targetGroups };
}

async function createDeploymentGroup(
  cloud: PipelineCloud,
  codedeploy: CodeDeployClient,
  { listenerArn, targetGroups }: Traffic,
): Promise<void> {
  const serviceRoleArn = await cloud.serviceRole("deploys", "codedeploy.amazonaws.com");
  const PolicyArn = "arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS";
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "deploys", PolicyArn }));
  await codedeploy.send(
    new CreateApplicationCommand({ applicationName: "green", computePlatform: "ECS" }),
  );
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName: "green",
      deploymentGroupName: "green",
      serviceRoleArn,
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE" },
      },
      ecsServices: [{ clusterName: "c", serviceName: "green" }],
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: targetGroups.map(({ TargetGroupName: name }) => ({ name: name! })),
            prodTrafficRoute: { listenerArns: [listenerArn] },
          },
        ],
      },
    }),
  );
}
