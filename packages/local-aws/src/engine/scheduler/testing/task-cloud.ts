import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateClusterCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ContainerDefinition,
  type LogConfiguration,
  type NetworkConfiguration,
  type RegisterTaskDefinitionCommandInput,
  type RunTaskCommandInput,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import { ECRClient } from "@aws-sdk/client-ecr";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { expect, vi } from "vitest";
import { lastPart } from "../../../ground/arn.ts";
import type { LocalAwsOptions } from "../../../local-aws.ts";
import {
  createExecutionRole,
  startTestCloud,
  TASKS_TRUST,
  type TestCloud,
} from "../../../testing.ts";
import { pushTinyImage, type TinyImage } from "./push-tiny-image.ts";

const LOG_GROUP = "/tasks";

/** A cloud that runs tasks as processes, with a cluster `c`, the default VPC and an execution role. */
export class TaskCloud {
  readonly test: TestCloud;
  readonly ecs: ECSClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly ecr: ECRClient;
  readonly logs: CloudWatchLogsClient;
  readonly scratch: string;
  readonly dataDir: string;
  executionRoleArn = "";
  subnets: string[] = [];

  private constructor(test: TestCloud, scratch: string) {
    this.test = test;
    this.scratch = scratch;
    this.dataDir = join(scratch, "data");
    this.ecs = new ECSClient(test.clientConfig);
    this.ec2 = new EC2Client(test.clientConfig);
    this.iam = new IAMClient(test.clientConfig);
    this.ecr = new ECRClient(test.clientConfig);
    this.logs = new CloudWatchLogsClient(test.clientConfig);
  }

  static async start(options: LocalAwsOptions = {}): Promise<TaskCloud> {
    const scratch = mkdtempSync(join(tmpdir(), "scheduler-"));
    const dataDir = join(scratch, "data");
    const test = await startTestCloud({ tasks: "process", dataDir, ...options });
    const cloud = new TaskCloud(test, scratch);
    await cloud.ecs.send(new CreateClusterCommand({ clusterName: "c" }));
    cloud.executionRoleArn = await createExecutionRole(cloud.iam);
    await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
    const { Subnets = [] } = await cloud.ec2.send(new DescribeSubnetsCommand({}));
    cloud.subnets = Subnets.map(({ SubnetId }) => SubnetId!);
    return cloud;
  }

  /** The same data in another run of the server. */
  on(test: TestCloud): TaskCloud {
    return new TaskCloud(test, this.scratch);
  }

  async stop(): Promise<void> {
    await this.test.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  /** Public subnets with public addresses: everything can be reached. */
  get network(): NetworkConfiguration {
    return { awsvpcConfiguration: { subnets: this.subnets, assignPublicIp: "ENABLED" } };
  }

  /** Sends a container's lines into a log group. */
  logTo(group = LOG_GROUP): LogConfiguration {
    const options = {
      "awslogs-group": group,
      "awslogs-region": this.test.clientConfig.region,
      "awslogs-stream-prefix": "t",
    };
    return { logDriver: "awslogs", options };
  }

  /** What a task's containers have written so far. */
  async lines(taskArn: string): Promise<string[]> {
    const { events = [] } = await this.logs.send(
      new FilterLogEventsCommand({ logGroupName: LOG_GROUP }),
    );
    const id = lastPart(taskArn);
    return events.filter((it) => it.logStreamName!.endsWith(id)).map(({ message }) => message!);
  }

  /** A role that tasks can take on; its ARN. */
  async role(name: string, trust = TASKS_TRUST): Promise<string> {
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }),
    );
    return Role!.Arn!;
  }

  push(repository: string, image: TinyImage): Promise<string> {
    return pushTinyImage(this.ecr, this.test.endpoint, this.scratch, repository, image);
  }

  /** Registers a Fargate definition; its ARN. */
  async define(
    family: string,
    containerDefinitions: ContainerDefinition[],
    more: Partial<RegisterTaskDefinitionCommandInput> = {},
  ): Promise<string> {
    const { taskDefinition } = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        executionRoleArn: this.executionRoleArn,
        containerDefinitions,
        ...more,
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  async service(name: string): Promise<Service> {
    const { services } = await this.ecs.send(
      new DescribeServicesCommand({ cluster: "c", services: [name] }),
    );
    return services![0]!;
  }

  /** The messages of a service's events, oldest first. */
  async messages(name: string): Promise<string[]> {
    const { events = [] } = await this.service(name);
    return events.map(({ message }) => message!).reverse();
  }

  async task(arn: string): Promise<Task> {
    const { tasks } = await this.ecs.send(new DescribeTasksCommand({ cluster: "c", tasks: [arn] }));
    return tasks![0]!;
  }

  /** Runs one task on Fargate, where everything can be reached unless told otherwise. */
  async run(taskDefinition: string, more: Partial<RunTaskCommandInput> = {}): Promise<Task> {
    const { tasks } = await this.ecs.send(
      new RunTaskCommand({
        cluster: "c",
        taskDefinition,
        launchType: "FARGATE",
        networkConfiguration: this.network,
        ...more,
      }),
    );
    return tasks![0]!;
  }

  /** Runs a task that cannot start; what it says when it has stopped. */
  async stoppedReason(
    taskDefinition: string,
    networkConfiguration: NetworkConfiguration = this.network,
  ): Promise<string> {
    const started = await this.run(taskDefinition, { networkConfiguration });
    return vi.waitFor(
      async () => {
        const task = await this.task(started.taskArn!);
        expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "TaskFailedToStart" });
        expect(task.startedAt).toBeUndefined();
        return task.stoppedReason!;
      },
      { timeout: 60_000, interval: 20 },
    );
  }

  async tasks(
    serviceName: string,
    desiredStatus: "RUNNING" | "STOPPED" = "RUNNING",
  ): Promise<Task[]> {
    const { taskArns = [] } = await this.ecs.send(
      new ListTasksCommand({ cluster: "c", serviceName, desiredStatus }),
    );
    return Promise.all(taskArns.map((arn) => this.task(arn)));
  }
}
