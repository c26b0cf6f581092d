import {
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  ListServiceDeploymentsCommand,
  UpdateServiceCommand,
  type DeploymentConfiguration,
  type ServiceDeployment,
  type ServiceDeploymentStatus,
} from "@aws-sdk/client-ecs";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { expect, vi } from "vitest";
import {
  serviceDeployments,
  type ServiceDeployment as ServiceDeploymentRecord,
} from "../../../services/ecs/rollouts/state.ts";
import type { ForwardConfig } from "../../../services/elbv2/actions.ts";
import { rules, type Rule } from "../../../services/elbv2/state.ts";
import { alternateGroup, makeRules } from "./blue-green-parts.ts";
import { WEB_PORT, type Web } from "./web.ts";
import type { WebServices } from "./web-services.ts";

const ECS_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ecs.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});
const POLICY = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers";

const READ_ALONE = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "elasticloadbalancing:Describe*", Resource: "*" }],
});

/** A service behind two target groups, a rule for production (`/`) and one for tests (`/test`). */
export class BlueGreen {
  readonly name: string;
  readonly web: Web;
  readonly productionRule: string;
  readonly testRule: string;
  readonly groups: { readonly one: string; readonly other: string };
  readonly roleArn: string;
  readonly #services: WebServices;
  readonly #elb: ElasticLoadBalancingV2Client;

  private constructor(
    services: WebServices,
    of: Pick<BlueGreen, "name" | "web" | "productionRule" | "testRule" | "groups" | "roleArn">,
  ) {
    this.#services = services;
    this.#elb = new ElasticLoadBalancingV2Client(services.cloud.test.clientConfig);
    this.name = of.name;
    this.web = of.web;
    this.productionRule = of.productionRule;
    this.testRule = of.testRule;
    this.groups = of.groups;
    this.roleArn = of.roleArn;
  }

  /** Makes what such a service needs, and a role that may do everything that ECS wants of it, or look alone. */
  static async prepare(services: WebServices, name: string, mayModify = true) {
    const web = await services.web(name);
    const { cloud } = services;
    const elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
    const other = await alternateGroup(elb, web, name);
    const [productionRule, testRule] = await makeRules(elb, web, other);
    const { Role } = await cloud.iam.send(
      new CreateRoleCommand({ RoleName: `${name}-lb`, AssumeRolePolicyDocument: ECS_TRUST }),
    );
    const RoleName = `${name}-lb`;
    await (mayModify
      ? cloud.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: POLICY }))
      : cloud.iam.send(
          new PutRolePolicyCommand({ RoleName, PolicyName: "read", PolicyDocument: READ_ALONE }),
        ));
    elb.destroy();
    const groups = { one: web.targetGroupArn, other };
    return new BlueGreen(services, {
      name,
      web,
      productionRule,
      testRule,
      groups,
      roleArn: Role!.Arn!,
    });
  }

  /** Creates the service, of two tasks that answer with `version`. */
  async create(version: string, configuration: DeploymentConfiguration): Promise<void> {
    const { name, groups, productionRule, testRule, roleArn } = this;
    await this.#services.cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: name,
        taskDefinition: await this.#services.define(name, { VERSION: version }),
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: this.web.network,
        healthCheckGracePeriodSeconds: 60,
        deploymentConfiguration: configuration,
        loadBalancers: [
          {
            targetGroupArn: groups.one,
            containerName: "web",
            containerPort: WEB_PORT,
            advancedConfiguration: {
              alternateTargetGroupArn: groups.other,
              productionListenerRule: productionRule,
              testListenerRule: testRule,
              roleArn,
            },
          },
        ],
      }),
    );
  }

  /** Deploys other variables, and, where they are given, other settings. */
  async deploy(
    variables: Readonly<Record<string, string>>,
    configuration?: DeploymentConfiguration,
  ): Promise<void> {
    await this.#services.cloud.ecs.send(
      new UpdateServiceCommand({
        cluster: "c",
        service: this.name,
        taskDefinition: await this.#services.define(this.name, variables),
        deploymentConfiguration: configuration,
      }),
    );
  }

  /** The newest service deployment. */
  async newest(): Promise<ServiceDeployment> {
    const { ecs } = this.#services.cloud;
    const { serviceDeployments: all } = await ecs.send(
      new ListServiceDeploymentsCommand({ cluster: "c", service: this.name }),
    );
    const { serviceDeployments } = await ecs.send(
      new DescribeServiceDeploymentsCommand({
        serviceDeploymentArns: [all![0]!.serviceDeploymentArn!],
      }),
    );
    return serviceDeployments![0]!;
  }

  /** Resolves when the newest deployment has this status. */
  ended(status: ServiceDeploymentStatus): Promise<ServiceDeployment> {
    return this.until((deployment) => expect(deployment.status).toBe(status));
  }

  until(holds: (deployment: ServiceDeployment) => void): Promise<ServiceDeployment> {
    return vi.waitFor(
      async () => {
        const deployment = await this.newest();
        holds(deployment);
        return deployment;
      },
      { timeout: 60_000, interval: 20 },
    );
  }

  /** The weights of the two target groups in production's rule, or in the one for tests. */
  async weights(of: "production" | "test" = "production"): Promise<Record<string, number>> {
    const RuleArns = [of === "production" ? this.productionRule : this.testRule];
    const { Rules } = await this.#elb.send(new DescribeRulesCommand({ RuleArns }));
    const groups = Rules![0]!.Actions![0]!.ForwardConfig!.TargetGroups!;
    const name = (arn: string) => (arn === this.groups.one ? "one" : "other");
    return Object.fromEntries(groups.map((it) => [name(it.TargetGroupArn!), it.Weight!]));
  }

  /** Who answers in production, or to tests. */
  async answer(of: "production" | "test" = "production"): Promise<string> {
    const response = await fetch(`${this.web.url}${of === "test" ? "test" : ""}`);
    return (await response.text()).split(" ")[0]!;
  }

  /** Keeps every stage that its deployments go through from now on, and every weight that the first target group gets in production. */
  watch(): { readonly stages: string[]; readonly weights: number[]; stop(): void } {
    const [stages, weights]: [string[], number[]] = [[], []];
    const stop = this.#services.cloud.test.cloud.store.onCommit((changes) => {
      for (const { kind, id, after } of changes) {
        if (kind === serviceDeployments.name) {
          const { stage = "", serviceArn } = after as ServiceDeploymentRecord;
          if (serviceArn.endsWith(`/${this.name}`) && stages.at(-1) !== stage) stages.push(stage);
        }
        if (kind === rules.name && id === this.productionRule)
          weights.push(weightOf(after as Rule, this.groups.one));
      }
    });
    return { stages, weights, stop };
  }

  stop(): void {
    this.#elb.destroy();
  }
}

function weightOf({ actions }: Rule, targetGroupArn: string): number {
  const { TargetGroups } = actions[0]!["ForwardConfig"] as ForwardConfig;
  return TargetGroups.find((it) => it.TargetGroupArn === targetGroupArn)?.Weight ?? 0;
}
