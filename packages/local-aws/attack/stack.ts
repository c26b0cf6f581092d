import { setTimeout as delay } from "node:timers/promises";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type NetworkConfiguration,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { pushTinyImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { createExecutionRole } from "../src/testing.ts";
import type { SpawnedCloud } from "../tests/support/spawned-cloud.ts";
import type { Place } from "./raw.ts";
import { createBalancer, type Web } from "./web.ts";

/** What programs listen on. */
const PORT = 3000;
const POLL_MS = 50;

/** A cluster `c` in the default VPC of a cloud, in which programs run and everybody may reach everything. */
export class Stack {
  static readonly LOG_GROUP = "/programs";
  readonly cloud: SpawnedCloud;
  readonly ecs: ECSClient;
  readonly ecr: ECRClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly logs: CloudWatchLogsClient;
  readonly #scratch: string;
  #roleArn = "";
  #groupId = "";
  #subnets: string[] = [];

  private constructor(cloud: SpawnedCloud, scratch: string) {
    this.cloud = cloud;
    this.#scratch = scratch;
    // A connection that both ends let go of at the same moment is nobody's fault: the call goes by another.
    const config = { ...cloud.clientConfig, maxAttempts: 3 };
    this.ecs = new ECSClient(config);
    this.ecr = new ECRClient(config);
    this.elb = new ElasticLoadBalancingV2Client(config);
    this.logs = new CloudWatchLogsClient(config);
  }

  /** @param scratch a folder for what is written on the way */
  static async create(cloud: SpawnedCloud, scratch: string): Promise<Stack> {
    const stack = new Stack(cloud, scratch);
    const ec2 = new EC2Client(cloud.clientConfig);
    const iam = new IAMClient(cloud.clientConfig);
    await stack.ecs.send(new CreateClusterCommand({ clusterName: "c" }));
    await stack.logs.send(new CreateLogGroupCommand({ logGroupName: Stack.LOG_GROUP }));
    stack.#roleArn = await createExecutionRole(iam);
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({}));
    stack.#subnets = Subnets!.slice(0, 2).map(({ SubnetId }) => SubnetId!);
    stack.#groupId = await openGroup(ec2);
    ec2.destroy();
    iam.destroy();
    return stack;
  }

  /** The same on another server that holds the same. */
  on(cloud: SpawnedCloud): Stack {
    this.close();
    const stack = new Stack(cloud, this.#scratch);
    stack.#roleArn = this.#roleArn;
    stack.#groupId = this.#groupId;
    stack.#subnets = this.#subnets;
    return stack;
  }

  get network(): NetworkConfiguration {
    const [subnets, securityGroups] = [this.#subnets, [this.#groupId]];
    return { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp: "ENABLED" } };
  }

  /** Pushes a program of `programs/` as an image. @returns the reference to pull it by */
  push(program: string): Promise<string> {
    const source = readFileSync(join(import.meta.dirname, "programs", `${program}.ts`));
    return pushTinyImage(this.ecr, this.cloud.endpoint, this.#scratch, program, {
      files: { "main.ts": source, "package.json": '{"type":"module"}' },
      config: { Cmd: ["node", "/main.ts"], Env: [`PORT=${PORT}`] },
    });
  }

  /** Registers a Fargate definition of one container `main`; its ARN. */
  async define(
    family: string,
    image: string,
    environment: Readonly<Record<string, string>> = {},
    logOptions: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const options = {
      "awslogs-group": Stack.LOG_GROUP,
      "awslogs-region": this.cloud.clientConfig.region,
      "awslogs-stream-prefix": "p",
      ...logOptions,
    };
    const { taskDefinition } = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu: "1024",
        memory: "2048",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        executionRoleArn: this.#roleArn,
        containerDefinitions: [
          {
            name: "main",
            image,
            portMappings: [{ containerPort: PORT }],
            environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
            logConfiguration: { logDriver: "awslogs", options },
            stopTimeout: 60,
          },
        ],
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  /** A load balancer with one listener, and a service of `count` tasks behind it, healthy. */
  async serve(
    name: string,
    taskDefinition: string,
    count: number,
    more: Partial<CreateServiceCommandInput> = {},
  ): Promise<Web> {
    const web = await createBalancer(this.elb, name, this.#subnets, this.#groupId);
    await this.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: name,
        taskDefinition,
        desiredCount: count,
        launchType: "FARGATE",
        networkConfiguration: this.network,
        healthCheckGracePeriodSeconds: 60,
        loadBalancers: [
          { targetGroupArn: web.targetGroupArn, containerName: "main", containerPort: PORT },
        ],
        ...more,
      }),
    );
    await until(async () => (await this.healthy(web)) >= count, `${count} healthy targets`);
    return { ...web, ...(await this.#place(web.loadBalancerArn)) };
  }

  /** How many targets of a load balancer are healthy. */
  async healthy({ targetGroupArn }: Pick<Web, "targetGroupArn">): Promise<number> {
    const { TargetHealthDescriptions } = await this.elb.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }),
    );
    const states = TargetHealthDescriptions!.map(({ TargetHealth }) => TargetHealth!.State);
    return states.filter((state) => state === "healthy").length;
  }

  /** Resolves when a service has one deployment, COMPLETED, with all of its tasks. */
  async steady(service: string): Promise<void> {
    await until(async () => {
      const { services } = await this.ecs.send(
        new DescribeServicesCommand({ cluster: "c", services: [service] }),
      );
      const { deployments, runningCount, desiredCount } = services![0]!;
      return (
        deployments!.length === 1 &&
        deployments![0]!.rolloutState === "COMPLETED" &&
        runningCount === desiredCount
      );
    }, `${service} to be steady`);
  }

  /** Sets the load balancer's idle time-out, in seconds, and resolves when connections are closed by it. */
  async setIdleTimeout({ loadBalancerArn, host, port }: Web, seconds: number): Promise<void> {
    const Attributes = [{ Key: "idle_timeout.timeout_seconds", Value: String(seconds) }];
    await this.elb.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: loadBalancerArn, Attributes }),
    );
    const silent: Socket[] = [];
    let isClosed = false;
    await until(() => {
      silent.push(connect(port, host).on("close", () => (isClosed = true)));
      return isClosed;
    }, "connection that is closed");
    for (const socket of silent) socket.destroy();
  }

  /** Where a load balancer's listener is on this machine. */
  async #place(loadBalancerArn: string): Promise<Place> {
    let place: Place | undefined;
    await until(async () => {
      const answer = await fetch(`${this.cloud.endpoint}/_local/endpoints`);
      const { listeners } = (await answer.json()) as {
        listeners: { loadBalancerArn: string; addresses: Place[] }[];
      };
      place = listeners.find((it) => it.loadBalancerArn === loadBalancerArn)?.addresses[0];
      return place !== undefined;
    }, "the listener");
    return place!;
  }

  close(): void {
    for (const client of [this.ecs, this.ecr, this.elb, this.logs]) client.destroy();
  }
}

/** Resolves when `isMet`. @throws Error after `mostMs` */
export async function until(
  isMet: () => Promise<boolean> | boolean,
  what: string,
  mostMs = 120_000,
): Promise<void> {
  const end = performance.now() + mostMs;
  while (!(await isMet())) {
    if (performance.now() > end) throw new Error(`there is still no ${what} after ${mostMs} ms`);
    await delay(POLL_MS);
  }
}

async function openGroup(ec2: EC2Client): Promise<string> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "open", Description: "open" }),
  );
  const IpRanges = [{ CidrIp: "0.0.0.0/0" }];
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: GroupId!,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 0, ToPort: 65_535, IpRanges }],
    }),
  );
  return GroupId!;
}
