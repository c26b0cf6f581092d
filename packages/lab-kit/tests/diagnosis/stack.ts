import type {
  ContainerDefinition,
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import type {
  CreateListenerCommandInput,
  CreateTargetGroupCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";

import type { DiagnosisScope } from "../../src/diagnosis/diagnose.ts";
import type { AwsClients } from "../../src/live.ts";
import { createExecutionRole } from "../../src/testing/balanced-service.ts";
import { buildVpc, type BuiltVpc, untilSettled } from "./vpc.ts";

export const REGION = "ap-northeast-1";
/** Health checks every 0.1 s, and a NAT gateway in 0.2 s; deadlines are real. */
export const PACE = 300;
export const HOME = "203.0.113.10";

/** What a mistake changes of an app while it is written. */
export interface AppChange {
  readonly container?: Partial<ContainerDefinition>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly task?: Partial<RegisterTaskDefinitionCommandInput>;
  readonly service?: Partial<CreateServiceCommandInput>;
  readonly group?: Partial<CreateTargetGroupCommandInput>;
  readonly listener?: Partial<CreateListenerCommandInput>;
}

/** One app, as it was made. */
export interface BuiltApp {
  readonly name: string;
  readonly port: number;
  readonly group: string;
  readonly listener: string;
  readonly securityGroup: string;
  readonly logGroup: string;
  readonly definition: RegisterTaskDefinitionCommandInput;
}

/** The stack of a chapter: 5 and 6 have no load balancer, 8 has two services. */
export interface StackOptions {
  readonly number: number;
  readonly chapter: 5 | 7 | 8;
  readonly image: string;
  readonly node?: AppChange;
  readonly go?: AppChange;
  /** Called before the services are made. */
  readonly before?: (stack: Stack) => Promise<void>;
}

/** A chapter's solution, made with the SDK in a VPC and a cluster of its own. */
export class Stack {
  readonly aws: AwsClients;
  readonly options: StackOptions;
  readonly cluster: string;
  readonly role: string;
  vpc!: BuiltVpc;
  roleArn = "";
  balancer = "";
  albGroup = "";
  readonly apps: BuiltApp[] = [];

  constructor(aws: AwsClients, options: StackOptions) {
    this.aws = aws;
    this.options = options;
    this.cluster = `workbook-${options.number}`;
    this.role = `ecs-execution-${options.number}`;
  }

  get node(): BuiltApp {
    return this.apps[0]!;
  }

  get go(): BuiltApp {
    return this.apps[1]!;
  }

  /** What a check of the chapter would ask to be diagnosed. */
  get scope(): DiagnosisScope {
    const { chapter, number } = this.options;
    const port = (listener: number) => (chapter === 5 ? {} : { port: listener });
    return {
      region: REGION,
      cluster: this.cluster,
      clientAddress: HOME,
      pace: PACE,
      architecture: process.arch === "x64" ? "amd64" : process.arch,
      expected: [
        { container: "node-app", service: `node-app-${number}`, ...port(80) },
        ...(chapter === 8
          ? [{ container: "go-app", service: `go-app-${number}`, ...port(8080) }]
          : []),
      ],
    };
  }

  async build(): Promise<this> {
    const { chapter, number, before } = this.options;
    this.vpc = await buildVpc(this.aws.ec2, number);
    this.roleArn = await createExecutionRole(this.aws, this.role);
    await this.aws.ecs.createCluster({ clusterName: this.cluster });
    if (chapter >= 7) await this.#buildBalancer();
    await this.#buildApp("node-app", 80, this.options.node);
    if (chapter === 8) await this.#buildApp("go-app", 8080, this.options.go);
    await before?.(this);
    await untilSettled(this.aws, this.vpc);
    for (const app of this.apps) await this.createService(app);
    return this;
  }

  /** Ends its tasks. */
  async stop(): Promise<void> {
    const { cluster } = this;
    const { clusters = [] } = await this.aws.ecs.describeClusters({ clusters: [cluster] });
    if (clusters[0]?.status !== "ACTIVE") return;
    const { serviceArns = [] } = await this.aws.ecs.listServices({ cluster });
    for (const service of serviceArns)
      await this.aws.ecs.deleteService({ cluster, service, force: true });
  }

  async #buildBalancer(): Promise<void> {
    this.albGroup = await this.vpc.group(`alb-${this.options.number}`);
    for (const port of [80, 8080])
      await this.vpc.admit(this.albGroup, port, { IpRanges: [{ CidrIp: `${HOME}/32` }] });
    const { LoadBalancers } = await this.aws.elbv2.createLoadBalancer({
      Name: this.cluster,
      Subnets: this.vpc.publicSubnets,
      SecurityGroups: [this.albGroup],
    });
    this.balancer = LoadBalancers![0]!.LoadBalancerArn!;
  }

  async #buildApp(container: string, port: number, change: AppChange = {}): Promise<void> {
    const name = `${container}-${this.options.number}`;
    const logGroup = `/ecs/${name}`;
    await this.aws.logs.createLogGroup({ logGroupName: logGroup });
    const securityGroup = await this.vpc.group(name);
    const hasBalancer = this.options.chapter >= 7;
    const { group, listener } = hasBalancer
      ? await this.#buildTargets(name, port, change)
      : { group: "", listener: "" };
    if (hasBalancer)
      await this.vpc.admit(securityGroup, port, { UserIdGroupPairs: [{ GroupId: this.albGroup }] });
    const definition = {
      family: name,
      requiresCompatibilities: ["FARGATE" as const],
      networkMode: "awsvpc" as const,
      cpu: "256",
      memory: "512",
      executionRoleArn: this.roleArn,
      containerDefinitions: [this.#container(container, port, logGroup, change)],
      ...change.task,
    };
    this.apps.push({ name, port, group, listener, securityGroup, logGroup, definition });
  }

  #container(
    name: string,
    port: number,
    group: string,
    { container, environment = {} }: AppChange,
  ): ContainerDefinition {
    const variables = Object.entries({ PORT: String(port), ...environment });
    return {
      name,
      image: this.options.image,
      essential: true,
      portMappings: [{ containerPort: port, protocol: "tcp" }],
      environment: variables.map(([key, value]) => ({ name: key, value })),
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": group,
          "awslogs-region": REGION,
          "awslogs-stream-prefix": "ecs",
        },
      },
      ...container,
    };
  }

  async #buildTargets(
    Name: string,
    Port: number,
    change: AppChange,
  ): Promise<{ group: string; listener: string }> {
    const { TargetGroups } = await this.aws.elbv2.createTargetGroup({
      Name,
      VpcId: this.vpc.vpcId,
      TargetType: "ip",
      Protocol: "HTTP",
      Port,
      HealthCheckPath: "/healthz",
      ...change.group,
    });
    const group = TargetGroups![0]!.TargetGroupArn!;
    await this.aws.elbv2.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    });
    const { Listeners } = await this.aws.elbv2.createListener({
      LoadBalancerArn: this.balancer,
      Port,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
      ...change.listener,
    });
    return { group, listener: Listeners![0]!.ListenerArn! };
  }

  /** Registers an app's definition and makes its service. */
  async createService(app: BuiltApp): Promise<void> {
    const revision = await this.register(app);
    const { chapter } = this.options;
    const change = app === this.apps[0] ? this.options.node : this.options.go;
    await this.aws.ecs.createService({
      cluster: this.cluster,
      serviceName: app.name,
      taskDefinition: revision,
      launchType: "FARGATE",
      desiredCount: 2,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: this.vpc.privateSubnets,
          securityGroups: [app.securityGroup],
          assignPublicIp: "DISABLED",
        },
      },
      ...(chapter >= 7 && {
        healthCheckGracePeriodSeconds: 60,
        loadBalancers: [
          {
            targetGroupArn: app.group,
            containerName: app.definition.containerDefinitions![0]!.name!,
            containerPort: app.port,
          },
        ],
      }),
      ...change?.service,
    });
  }

  /** Registers one more revision of an app; its ARN. */
  async register(
    { definition }: BuiltApp,
    change: Partial<ContainerDefinition> = {},
    task: Partial<RegisterTaskDefinitionCommandInput> = {},
  ): Promise<string> {
    const [container, ...others] = definition.containerDefinitions!;
    const { taskDefinition } = await this.aws.ecs.registerTaskDefinition({
      ...definition,
      ...task,
      containerDefinitions: [{ ...container, ...change }, ...others],
    });
    return taskDefinition!.taskDefinitionArn!;
  }

  /** Moves a service to a revision. */
  async deploy({ name }: BuiltApp, taskDefinition: string): Promise<void> {
    await this.aws.ecs.updateService({ cluster: this.cluster, service: name, taskDefinition });
  }

  /** Whether all services have come to rest. */
  async isSteady(): Promise<boolean> {
    const services = this.apps.map(({ name }) => name);
    const answer = await this.aws.ecs.describeServices({ cluster: this.cluster, services });
    return answer.services!.every(
      ({ runningCount, desiredCount, deployments = [] }) =>
        runningCount === desiredCount &&
        deployments.length === 1 &&
        deployments[0]!.rolloutState === "COMPLETED",
    );
  }
}
