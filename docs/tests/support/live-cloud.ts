import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { connectAws, disconnectAws } from "@workbook/lab-kit";
import { DEFAULT_HOME_ADDRESS, LocalAws } from "@workbook/local-aws";

import { admit, makeNetwork, type LiveNetwork } from "./live-network.ts";
import {
  makeCluster,
  makeLoadBalancer,
  makeService,
  pushApp,
  register,
  TASK_PORT,
  type Connection,
} from "./live-service.ts";

/** A Local AWS that a test builds chapter 07's stack in, step by step, and may stop and start again. */
export class LiveCloud {
  readonly #scratch: string;
  #cloud: LocalAws;
  #image = "";
  #role = "";
  #network: LiveNetwork | undefined;

  private constructor(scratch: string, cloud: LocalAws) {
    this.#scratch = scratch;
    this.#cloud = cloud;
  }

  /** Starts it with an image and a cluster. */
  static async start(): Promise<LiveCloud> {
    const scratch = mkdtempSync(join(tmpdir(), "live-cloud-"));
    const cloud = new LiveCloud(scratch, await startIn(scratch, 0));
    cloud.#role = await makeCluster(cloud.connection);
    cloud.#image = await pushApp(cloud.connection, scratch);
    return cloud;
  }

  get endpoint(): string {
    return this.#cloud.endpoint;
  }

  get token(): string {
    return this.#cloud.token;
  }

  get connection(): Connection {
    const { endpoint, credentials } = this.#cloud;
    return { endpoint, credentials, region: "ap-northeast-1" };
  }

  async addNetwork(): Promise<void> {
    this.#network = await makeNetwork(new EC2Client(this.connection), DEFAULT_HOME_ADDRESS);
  }

  /** A load balancer and a service of two tasks; the load balancer may not reach them yet. */
  async addService(): Promise<void> {
    await register(this.connection, this.#image, this.#role);
    const targets = await makeLoadBalancer(this.connection, this.#network!);
    await makeService(this.connection, this.#network!, targets);
  }

  /** Lets the load balancer reach the tasks. */
  async letIn(): Promise<void> {
    const { taskGroup, balancerGroup } = this.#network!;
    const UserIdGroupPairs = [{ GroupId: balancerGroup }];
    await admit(new EC2Client(this.connection), taskGroup, TASK_PORT, { UserIdGroupPairs });
  }

  /** Registers the service as a scalable target, of two tasks and no more, with a policy. */
  async addScaling(): Promise<void> {
    const aws = await connectAws(this.connection);
    const target = {
      ServiceNamespace: "ecs",
      ResourceId: "service/main/web",
      ScalableDimension: "ecs:service:DesiredCount",
    } as const;
    await aws.scaling.registerScalableTarget({ ...target, MinCapacity: 2, MaxCapacity: 2 });
    await aws.scaling.putScalingPolicy({
      ...target,
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 60,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    });
    disconnectAws(aws);
  }

  /** Registers another revision and deploys it. */
  async deployAnother(): Promise<void> {
    await register(this.connection, this.#image, this.#role);
    const update = { cluster: "main", service: "web", taskDefinition: "web" };
    await new ECSClient(this.connection).send(new UpdateServiceCommand(update));
  }

  /** Reports the outcome of a lab's checks, as `check` does. */
  async report(lab: string, checks: readonly object[]): Promise<void> {
    const response = await fetch(`${this.endpoint}/_local/reports/${lab}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ checks }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Stops the server; what it holds stays. */
  async stop(): Promise<void> {
    await this.#cloud.stop();
  }

  /** Starts it again, where it was. */
  async startAgain(): Promise<void> {
    this.#cloud = await startIn(this.#scratch, Number(new URL(this.endpoint).port));
  }

  /** Ends it for good. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

function startIn(scratch: string, port: number): Promise<LocalAws> {
  return LocalAws.start({ port, dataDir: join(scratch, "data"), listeners: "ephemeral" });
}
