import { resolve } from "node:path";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  GetDeploymentCommand,
  type DeploymentStatus,
} from "@aws-sdk/client-codedeploy";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DescribeTargetGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { until, type Stack } from "../attack/stack.ts";
import type { Web } from "../attack/web.ts";
import { Traffic } from "../bench/traffic.ts";
import { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import { askedMeanwhile, BROKEN, checkBounds, type Field, LOAD, TASKS } from "./asked-meanwhile.ts";
import { TaskCounts } from "./task-counts.ts";
import { withStack, type Course, type Trial } from "./trial.ts";

const SERVICE = "shifted";
const GREEN = `${SERVICE}-green`;
/** Replacement tasks that fail are given up after an hour, at the clock's pace. */
const GIVES_UP_MS = 300_000;

/** One deployment under load, and what has to come of it. */
interface Shift {
  readonly name: string;
  readonly configuration: string;
  readonly version: Readonly<Record<string, string>>;
  readonly ends: DeploymentStatus;
}

const SHIFTS: readonly Shift[] = [
  {
    name: "CodeDeploy, all at once",
    configuration: "CodeDeployDefault.ECSAllAtOnce",
    version: { VERSION: "2" },
    ends: "Succeeded",
  },
  {
    name: "CodeDeploy, canary",
    configuration: "CodeDeployDefault.ECSCanary10Percent5Minutes",
    version: { VERSION: "3" },
    ends: "Succeeded",
  },
  {
    name: "CodeDeploy, linear",
    configuration: "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
    version: { VERSION: "4" },
    ends: "Succeeded",
  },
  {
    name: "CodeDeploy, broken",
    configuration: "CodeDeployDefault.ECSCanary10Percent5Minutes",
    version: BROKEN,
    ends: "Failed",
  },
];

/** 300 requests a second, each of which takes up to half a minute, while CodeDeploy moves them from one set of tasks to another. */
export const codeDeploy: Trial = {
  name: "codedeploy",
  what: `${LOAD} while CodeDeploy moves them: at once, in two steps, in ten, and not at all`,
  run: async (course) => {
    const root = resolve(import.meta.dirname, "../../..");
    const client = await Traffic.build(root, course.scratch);
    const cloud = await SpawnedCloud.spawn(`${course.scratch}/data`, { stderr: "pipe" });
    await withStack(cloud, course, async (stack) => {
      await using counts = await TaskCounts.watch(cloud.endpoint);
      const image = await stack.push("patient");
      const first = await stack.define(SERVICE, image, { VERSION: "1" });
      const web = await stack.serve(SERVICE, first, TASKS, {
        deploymentController: { type: "CODE_DEPLOY" },
      });
      const codedeploy = new CodeDeployClient(cloud.clientConfig);
      await createGroup(codedeploy, stack, web);
      for (const shift of SHIFTS) {
        counts.begin();
        await deploy(codedeploy, { stack, web, image, client }, shift, course);
        checkBounds(shift.name, counts, course);
      }
      codedeploy.destroy();
    });
  },
};

function deploy(
  codedeploy: CodeDeployClient,
  field: Field,
  { name, configuration, version, ends }: Shift,
  course: Course,
): Promise<void> {
  const { stack, image } = field;
  return askedMeanwhile(field, name, course, async () => {
    const { deploymentId } = await codedeploy.send(
      new CreateDeploymentCommand({
        applicationName: SERVICE,
        deploymentGroupName: SERVICE,
        deploymentConfigName: configuration,
        revision: {
          revisionType: "AppSpecContent",
          appSpecContent: { content: appSpec(await stack.define(SERVICE, image, version)) },
        },
      }),
    );
    const status = async () =>
      (await codedeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo?.status;
    await until(async () => (await status()) === ends, `${deploymentId} ${ends}`, GIVES_UP_MS);
    await until(() => isAlone(stack), `${SERVICE} to have one set of tasks`, GIVES_UP_MS);
  });
}

/** Whether one set of tasks is left, with all of them. */
async function isAlone({ ecs }: Stack): Promise<boolean> {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: "c", services: [SERVICE] }),
  );
  const { taskSets = [], runningCount } = services![0]!;
  return taskSets.length === 1 && runningCount === TASKS;
}

const appSpec = (taskDefinition: string): string =>
  JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: taskDefinition,
            LoadBalancerInfo: { ContainerName: "main", ContainerPort: 3000 },
          },
        },
      },
    ],
  });

/** An application and a group for the service, that waits for nobody and keeps nothing. */
async function createGroup(codedeploy: CodeDeployClient, stack: Stack, web: Web): Promise<void> {
  await createGreen(stack, web);
  await codedeploy.send(
    new CreateApplicationCommand({ applicationName: SERVICE, computePlatform: "ECS" }),
  );
  await codedeploy.send(
    new CreateDeploymentGroupCommand({
      applicationName: SERVICE,
      deploymentGroupName: SERVICE,
      serviceRoleArn: await createRole(stack),
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: 0,
        },
      },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: SERVICE }, { name: GREEN }],
            prodTrafficRoute: { listenerArns: [web.listenerArn] },
          },
        ],
      },
      ecsServices: [{ clusterName: "c", serviceName: SERVICE }],
    }),
  );
}

async function createGreen({ elb }: Stack, { targetGroupArn }: Web): Promise<void> {
  const { TargetGroups } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
  );
  await elb.send(
    new CreateTargetGroupCommand({
      Name: GREEN,
      Protocol: "HTTP",
      Port: 80,
      VpcId: TargetGroups![0]!.VpcId!,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
    }),
  );
}

async function createRole({ cloud }: Stack): Promise<string> {
  const iam = new IAMClient(cloud.clientConfig);
  const RoleName = "codedeploy";
  const Principal = { Service: "codedeploy.amazonaws.com" };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
  });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyArn = "arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS";
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  iam.destroy();
  return Role!.Arn!;
}
