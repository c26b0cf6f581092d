import { createHash } from "node:crypto";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  GetDeploymentCommand,
  type CreateDeploymentCommandInput,
  type CreateDeploymentGroupCommandInput,
  type DeploymentInfo,
  type RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import {
  CreateListenerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AttachRolePolicyCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { expect, vi } from "vitest";
import { WebServices } from "../../scheduler/testing/web-services.ts";
import { WEB_PORT, type Web } from "../../scheduler/testing/web.ts";

export const POLL = { timeout: 60_000, interval: 50 };
/** What the tests of a cloud call their application, group and service. */
export const NAMED = { applicationName: "web", deploymentGroupName: "web" };

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "codedeploy.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

/** A service that CodeDeploy deploys: two target groups, a production and a test listener, a role, and an application. */
export class BlueGreen {
  readonly services: WebServices;
  readonly codedeploy: CodeDeployClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly web: Web;
  readonly roleArn: string;
  readonly prodListenerArn: string;
  readonly testListenerArn: string;

  private constructor(
    services: WebServices,
    web: Web,
    made: { roleArn: string; prodListenerArn: string; testListenerArn: string },
  ) {
    this.services = services;
    this.codedeploy = new CodeDeployClient(services.cloud.test.clientConfig);
    this.elb = new ElasticLoadBalancingV2Client(services.cloud.test.clientConfig);
    this.web = web;
    this.roleArn = made.roleArn;
    this.prodListenerArn = made.prodListenerArn;
    this.testListenerArn = made.testListenerArn;
  }

  /** @param desiredCount of the service, whose first tasks answer `one` */
  static async start(desiredCount = 1): Promise<BlueGreen> {
    const services = await WebServices.start();
    const web = await services.create(
      "web",
      { VERSION: "one" },
      { desiredCount, deploymentController: { type: "CODE_DEPLOY" } },
    );
    const { cloud } = services;
    const { Role } = await cloud.iam.send(
      new CreateRoleCommand({ RoleName: "codedeploy", AssumeRolePolicyDocument: TRUST }),
    );
    await cloud.iam.send(
      new AttachRolePolicyCommand({
        RoleName: "codedeploy",
        PolicyArn: "arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS",
      }),
    );
    const listeners = await addGreen(services, web);
    const made = new BlueGreen(services, web, { roleArn: Role!.Arn!, ...listeners });
    await made.codedeploy.send(
      new CreateApplicationCommand({ applicationName: "web", computePlatform: "ECS" }),
    );
    return made;
  }

  async stop(): Promise<void> {
    await this.services.stop();
    this.codedeploy.destroy();
    this.elb.destroy();
  }

  /** What a group is made of that needs nobody's word and keeps nothing. */
  get group(): CreateDeploymentGroupCommandInput {
    return {
      ...NAMED,
      serviceRoleArn: this.roleArn,
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      deploymentStyle: {
        deploymentType: "BLUE_GREEN",
        deploymentOption: "WITH_TRAFFIC_CONTROL",
      },
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: 0,
        },
      },
      loadBalancerInfo: {
        targetGroupPairInfoList: [
          {
            targetGroups: [{ name: "web" }, { name: "web-green" }],
            prodTrafficRoute: { listenerArns: [this.prodListenerArn] },
            testTrafficRoute: { listenerArns: [this.testListenerArn] },
          },
        ],
      },
      ecsServices: [{ clusterName: "c", serviceName: "web" }],
    };
  }

  async createGroup(more: Partial<CreateDeploymentGroupCommandInput> = {}): Promise<void> {
    await this.codedeploy.send(new CreateDeploymentGroupCommand({ ...this.group, ...more }));
  }

  /** Deploys tasks that have these variables; the deployment's id. */
  async deploy(
    variables: Readonly<Record<string, string>>,
    more: Partial<CreateDeploymentCommandInput> = {},
  ): Promise<string> {
    const revision = inline(appSpec(await this.services.define("web", variables)));
    const { deploymentId } = await this.codedeploy.send(
      new CreateDeploymentCommand({ ...NAMED, revision, ...more }),
    );
    return deploymentId!;
  }

  async deployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await this.codedeploy.send(
      new GetDeploymentCommand({ deploymentId }),
    );
    return deploymentInfo!;
  }

  /** Resolves with a deployment when it has ended. */
  ended(deploymentId: string): Promise<DeploymentInfo> {
    return vi.waitFor(async () => {
      const found = await this.deployment(deploymentId);
      expect(found.completeTime, found.status).toBeDefined();
      return found;
    }, POLL);
  }

  /** How much of a listener's requests each target group has, by its name. */
  async weights(listenerArn: string): Promise<Record<string, number>> {
    const { Listeners } = await this.elb.send(
      new DescribeListenersCommand({ ListenerArns: [listenerArn] }),
    );
    const tuples = Listeners![0]!.DefaultActions![0]!.ForwardConfig!.TargetGroups!;
    const { TargetGroups } = await this.elb.send(new DescribeTargetGroupsCommand({}));
    const nameOf = (arn: string) =>
      TargetGroups!.find(({ TargetGroupArn }) => TargetGroupArn === arn)!.TargetGroupName!;
    return Object.fromEntries(
      tuples.map(({ TargetGroupArn, Weight }) => [nameOf(TargetGroupArn!), Weight!]),
    );
  }
}

async function addGreen({ cloud }: WebServices, web: Web) {
  const elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
  const { TargetGroups } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [web.targetGroupArn] }),
  );
  const { VpcId, Protocol, Port } = TargetGroups![0]!;
  const { TargetGroups: made } = await elb.send(
    new CreateTargetGroupCommand({
      Name: "web-green",
      VpcId: VpcId!,
      Protocol: Protocol!,
      Port: Port!,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
    }),
  );
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: made![0]!.TargetGroupArn!,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    }),
  );
  const { Listeners } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: web.loadBalancerArn }),
  );
  const { Listeners: tests } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: web.loadBalancerArn,
      Port: 9000,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: web.targetGroupArn }],
    }),
  );
  elb.destroy();
  return {
    prodListenerArn: Listeners![0]!.ListenerArn!,
    testListenerArn: tests![0]!.ListenerArn!,
  };
}

/** An AppSpec file of the service `web`. */
export const appSpec = (taskDefinition: string) => `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${taskDefinition}"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: ${WEB_PORT}
`;

/** A revision that brings its AppSpec file. */
export function inline(content: string): RevisionLocation {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { revisionType: "AppSpecContent", appSpecContent: { content, sha256 } };
}
