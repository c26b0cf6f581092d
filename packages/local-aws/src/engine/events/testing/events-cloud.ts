import { once } from "node:events";
import { get, type ClientRequest, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import { expect, vi } from "vitest";
import { ManualClock } from "../../../clock/manual-clock.ts";
import type { CloudEvent } from "../../../ground/event-channel.ts";
import { policyOf } from "../../../services/iam/testing/role-session.ts";
import {
  createExecutionRole,
  startTestCloud,
  TEST_REGION,
  type TestCloud,
} from "../../../testing.ts";

export const ACCOUNT = "123456789012";
export const CLUSTER = `arn:aws:ecs:${TEST_REGION}:${ACCOUNT}:cluster/c`;

/** A cloud whose clock stands still, with log groups that events may be written into, and a task definition. */
export class EventsCloud {
  readonly test: TestCloud;
  readonly clock: ManualClock;
  readonly events: EventBridgeClient;
  readonly logs: CloudWatchLogsClient;
  readonly ecs: ECSClient;
  readonly iam: IAMClient;
  readonly sqs: SQSClient;
  readonly #requests: ClientRequest[] = [];
  definition = "";
  subnets: string[] = [];

  private constructor(test: TestCloud, clock: ManualClock) {
    this.test = test;
    this.clock = clock;
    this.events = new EventBridgeClient(test.clientConfig);
    this.logs = new CloudWatchLogsClient(test.clientConfig);
    this.ecs = new ECSClient(test.clientConfig);
    this.sqs = new SQSClient(test.clientConfig);
    this.iam = new IAMClient(test.clientConfig);
  }

  static async start(): Promise<EventsCloud> {
    const clock = new ManualClock();
    const cloud = new EventsCloud(await startTestCloud({ clock }), clock);
    await cloud.letWrite({ Service: "events.amazonaws.com" });
    await cloud.ecs.send(new CreateClusterCommand({ clusterName: "c" }));
    const { Subnets = [] } = await new EC2Client(cloud.test.clientConfig).send(
      new DescribeSubnetsCommand({}),
    );
    cloud.subnets = Subnets.map(({ SubnetId }) => SubnetId!);
    cloud.definition = await cloud.define({
      family: "job",
      cpu: "256",
      memory: "512",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      executionRoleArn: await createExecutionRole(cloud.iam),
      containerDefinitions: [{ name: "job", image: "job", command: ["usual"] }],
    });
    return cloud;
  }

  /** Registers a task definition; its ARN. */
  async define(input: RegisterTaskDefinitionCommandInput): Promise<string> {
    const { taskDefinition } = await this.ecs.send(new RegisterTaskDefinitionCommand(input));
    return taskDefinition!.taskDefinitionArn!;
  }

  /** A queue that a service may send to: EventBridge, unless another is named. */
  async queue(
    QueueName: string,
    Service = "events.amazonaws.com",
  ): Promise<{ url: string; arn: string }> {
    const arn = `arn:aws:sqs:${TEST_REGION}:${ACCOUNT}:${QueueName}`;
    const Policy = policyOf({
      Effect: "Allow",
      Principal: { Service },
      Action: "sqs:SendMessage",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
    });
    const { QueueUrl } = await this.sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: { Policy } }),
    );
    return { url: QueueUrl!, arn };
  }

  /** Takes one message out of a queue, once there is one. Meanwhile so many milliseconds pass between two looks. */
  async receive(QueueUrl: string, passing = 0): Promise<Message> {
    return this.until(async () => {
      if (passing > 0) await this.clock.advance(passing);
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ["All"] }),
      );
      expect(Messages).toHaveLength(1);
      return Messages[0]!;
    });
  }

  async stop(): Promise<void> {
    for (const request of this.#requests) request.destroy();
    expect(this.test.errors).toEqual([]);
    await this.test.stop();
  }

  /** Lets a service write into every log group. */
  async letWrite(Principal: object): Promise<void> {
    const Action = ["logs:CreateLogStream", "logs:PutLogEvents"];
    await this.logs.send(
      new PutResourcePolicyCommand({
        policyName: "events",
        policyDocument: policyOf({ Effect: "Allow", Principal, Action, Resource: "*" }),
      }),
    );
  }

  /** A log group as a target. */
  async group(logGroupName: string): Promise<Target> {
    await this.logs.send(new CreateLogGroupCommand({ logGroupName }));
    const Arn = `arn:aws:logs:${TEST_REGION}:${ACCOUNT}:log-group:${logGroupName}`;
    return { Id: logGroupName.replaceAll("/", "-"), Arn };
  }

  /** What has been written into a group. */
  async lines(logGroupName: string): Promise<string[]> {
    const { events = [] } = await this.logs.send(new FilterLogEventsCommand({ logGroupName }));
    return events.map(({ message }) => message!);
  }

  /** The lines of a group once there are so many. */
  async linesOnceThere(logGroupName: string, count: number): Promise<string[]> {
    return this.until(async () => {
      const lines = await this.lines(logGroupName);
      expect(lines).toHaveLength(count);
      return lines;
    });
  }

  /** From now on, what could not be delivered. */
  async undelivered(): Promise<() => readonly CloudEvent[]> {
    const seen: CloudEvent[] = [];
    const request = get(`${this.test.endpoint}/_local/events`);
    this.#requests.push(request);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    // It ends when the test does, in the middle of whatever it says.
    const lines = createInterface({ input: response });
    lines.on("error", () => request.destroy());
    lines.on("line", (line) => {
      if (!line.startsWith("data: ")) return;
      const event = JSON.parse(line.slice("data: ".length)) as CloudEvent;
      if (event.type === "events.undelivered") seen.push(event);
    });
    return () => seen;
  }

  until<T>(look: () => Promise<T>): Promise<T> {
    return vi.waitFor(look, { timeout: 60_000, interval: 10 });
  }

  /** A rule with targets. */
  async rule(
    Name: string,
    asked: { EventPattern?: string; ScheduleExpression?: string; EventBusName?: string },
    ...Targets: Target[]
  ): Promise<void> {
    await this.events.send(new PutRuleCommand({ Name, ...asked }));
    const { EventBusName } = asked;
    await this.events.send(new PutTargetsCommand({ Rule: Name, EventBusName, Targets }));
  }

  /** A role that a service takes on, with a path such as in `service/name` or without; its ARN. */
  async role(name: string, Service: string, ...statements: object[]): Promise<string> {
    const nameAt = name.lastIndexOf("/") + 1;
    const [Path, RoleName] = [`/${name.slice(0, nameAt)}`, name.slice(nameAt)];
    const trust = { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" };
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: policyOf(trust) }),
    );
    const PolicyDocument = policyOf(...statements);
    if (statements.length > 0)
      await this.iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }),
      );
    return Role!.Arn!;
  }

  /** The tasks that something started, once there are so many. */
  async startedBy(startedBy: string, count = 1): Promise<Task[]> {
    return this.until(async () => {
      // Where nothing runs tasks, they may have stopped already.
      const lists = (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
        this.ecs.send(new ListTasksCommand({ cluster: "c", startedBy, desiredStatus })),
      );
      const taskArns = (await Promise.all(lists)).flatMap(({ taskArns: arns = [] }) => arns);
      expect(taskArns).toHaveLength(count);
      const { tasks } = await this.ecs.send(
        new DescribeTasksCommand({ cluster: "c", tasks: taskArns, include: ["TAGS"] }),
      );
      return tasks!;
    });
  }

  /** The task definition as a target's parameters. */
  get onFargate() {
    return {
      TaskDefinitionArn: this.definition,
      LaunchType: "FARGATE" as const,
      NetworkConfiguration: { awsvpcConfiguration: { Subnets: this.subnets } },
    };
  }
}

export const RUN_TASK = { Effect: "Allow", Action: ["ecs:RunTask", "iam:PassRole"], Resource: "*" };
