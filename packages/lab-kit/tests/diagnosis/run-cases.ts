import type { AwsClients } from "../../src/live.ts";
import { pollUntil } from "../../src/poll.ts";
import { REGION } from "../../src/testing/test-cloud.ts";

const ACCOUNT = "123456789012";

/** What is otherwise than it should be. */
export interface RunCase {
  readonly off?: "schedule" | "rule";
  readonly deregistered?: true;
  readonly roleGone?: true;
  readonly trust?: readonly string[];
  /** An action that the role lacks. */
  readonly without?: string;
  /** The only cluster that the role may run tasks on. */
  readonly onlyOn?: string;
  /** Which container overrides are for. */
  readonly container?: string;
  readonly status?: string;
  readonly queueGone?: true;
  readonly queueClosed?: true;
  readonly launchType?: "EC2";
}

const SERVICES = ["scheduler.amazonaws.com", "events.amazonaws.com"];
const policyOf = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const trustIn = (Service: readonly string[]) =>
  policyOf({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });

/** A cluster with a task that a schedule and a rule run, and a rule that tells a queue of its failures; all names begin with its own. */
export class RunStack {
  readonly name: string;
  readonly #aws: AwsClients;
  readonly #given: RunCase;

  private constructor(aws: AwsClients, name: string, given: RunCase) {
    this.#aws = aws;
    this.name = name;
    this.#given = given;
  }

  static async build(aws: AwsClients, name: string, given: RunCase): Promise<RunStack> {
    const stack = new RunStack(aws, name, given);
    await aws.ecs.createCluster({ clusterName: name });
    await stack.#queue();
    await stack.#roles();
    await stack.#runs();
    await stack.#spoil();
    return stack;
  }

  /** Sends the event that the rule waits for. */
  async order(): Promise<void> {
    const Entries = [{ Source: this.name, DetailType: "Order", Detail: "{}" }];
    await this.#aws.events.putEvents({ Entries });
  }

  /** Waits until there is a letter in the queue. @returns what is said of why it is there */
  async letter(): Promise<string> {
    const { QueueUrl } = await this.#aws.sqs.getQueueUrl({ QueueName: this.#called("failures") });
    const asked = { QueueUrl, VisibilityTimeout: 0, MessageAttributeNames: ["All"] };
    const { last } = await pollUntil(
      async () => (await this.#aws.sqs.receiveMessage(asked)).Messages ?? [],
      (messages) => messages.length > 0,
      { deadlineMs: 60_000, intervalMs: 20 },
    );
    const attributes = last.flatMap(({ MessageAttributes = {} }) =>
      Object.values(MessageAttributes),
    );
    return attributes.map(({ StringValue = "" }) => StringValue).join("\n");
  }

  /** Gives the role all that it needs. */
  async mend(): Promise<void> {
    await this.#rights({});
  }

  #called(what: string): string {
    return `${this.name}-${what}`;
  }

  #arn(service: string, resource: string): string {
    return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  }

  get #queueArn(): string {
    return this.#arn("sqs", this.#called("failures"));
  }

  get #roleArn(): string {
    return `arn:aws:iam::${ACCOUNT}:role/${this.#called("runner")}`;
  }

  async #queue(): Promise<void> {
    const Policy = policyOf({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: this.#queueArn,
    });
    const open = !this.#given.queueClosed && { Attributes: { Policy } };
    await this.#aws.sqs.createQueue({ QueueName: this.#called("failures"), ...open });
  }

  async #roles(): Promise<void> {
    const { iam } = this.#aws;
    await iam.createRole({
      RoleName: this.#called("execution"),
      AssumeRolePolicyDocument: trustIn(["ecs-tasks.amazonaws.com"]),
    });
    await iam.createRole({
      RoleName: this.#called("runner"),
      AssumeRolePolicyDocument: trustIn(SERVICES),
    });
    await this.#rights(this.#given);
  }

  async #rights({ without, onlyOn }: RunCase): Promise<void> {
    const cluster = onlyOn ?? this.#arn("ecs", `cluster/${this.name}`);
    const statements = [
      { Action: "ecs:RunTask", Condition: { ArnEquals: { "ecs:cluster": cluster } } },
      {
        Action: "iam:PassRole",
        Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
      { Action: "sqs:SendMessage" },
    ].filter(({ Action }) => Action !== without);
    await this.#aws.iam.putRolePolicy({
      RoleName: this.#called("runner"),
      PolicyName: "own",
      PolicyDocument: policyOf(
        ...statements.map((each) => ({ Effect: "Allow", Resource: "*", ...each })),
      ),
    });
  }

  async #task() {
    const isFargate = this.#given.launchType === undefined;
    const { taskDefinition } = await this.#aws.ecs.registerTaskDefinition({
      family: this.#called("report"),
      executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/${this.#called("execution")}`,
      ...(isFargate && {
        cpu: "256",
        memory: "512",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
      }),
      containerDefinitions: [{ name: "report", image: "report", memory: 128 }],
    });
    const { Subnets = [] } = await this.#aws.ec2.describeSubnets({});
    const Subnet = Subnets[0]!.SubnetId!;
    return {
      TaskDefinitionArn: taskDefinition!.taskDefinitionArn!,
      LaunchType: isFargate ? ("FARGATE" as const) : ("EC2" as const),
      ...(isFargate && { NetworkConfiguration: { awsvpcConfiguration: { Subnets: [Subnet] } } }),
    };
  }

  async #runs(): Promise<void> {
    const { events, scheduler } = this.#aws;
    const { off, container = "report", status = "STOPPED" } = this.#given;
    const EcsParameters = await this.#task();
    const target = {
      Arn: this.#arn("ecs", `cluster/${this.name}`),
      RoleArn: this.#roleArn,
      EcsParameters,
      Input: JSON.stringify({
        containerOverrides: [{ name: container, environment: [{ name: "DAY", value: "today" }] }],
      }),
      DeadLetterConfig: { Arn: this.#queueArn },
    };
    await scheduler.createSchedule({
      Name: this.#called("nightly"),
      ScheduleExpression: "cron(0 3 * * ? *)",
      FlexibleTimeWindow: { Mode: "OFF" },
      State: off === "schedule" ? "DISABLED" : "ENABLED",
      Target: target,
    });
    await events.putRule({
      Name: this.#called("orders"),
      EventPattern: JSON.stringify({ source: [this.name] }),
      State: off === "rule" ? "DISABLED" : "ENABLED",
    });
    const RetryPolicy = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
    await events.putTargets({
      Rule: this.#called("orders"),
      Targets: [{ Id: "report", ...target, RetryPolicy }],
    });
    const detail = { clusterArn: [target.Arn], lastStatus: [status] };
    const pattern = { source: ["aws.ecs"], "detail-type": ["ECS Task State Change"], detail };
    await events.putRule({
      Name: this.#called("failed"),
      EventPattern: JSON.stringify(pattern),
    });
    await events.putTargets({
      Rule: this.#called("failed"),
      Targets: [{ Id: "queue", Arn: this.#queueArn }],
    });
  }

  /** What happens to a stack after it was made well: AWS would have refused to make it so. */
  async #spoil(): Promise<void> {
    const { ecs, iam, sqs } = this.#aws;
    const { deregistered, roleGone, trust, queueGone } = this.#given;
    if (deregistered)
      await ecs.deregisterTaskDefinition({ taskDefinition: `${this.#called("report")}:1` });
    const RoleName = this.#called("runner");
    if (trust) await iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trustIn(trust) });
    if (roleGone) {
      await iam.deleteRolePolicy({ RoleName, PolicyName: "own" });
      await iam.deleteRole({ RoleName });
    }
    if (queueGone) {
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName: this.#called("failures") });
      await sqs.deleteQueue({ QueueUrl });
    }
  }
}
