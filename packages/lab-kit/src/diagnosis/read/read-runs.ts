import type { Task, TaskDefinition } from "@aws-sdk/client-ecs";
import type { Target } from "@aws-sdk/client-eventbridge";
import type { AwsClients } from "../../live.ts";
import { type KnownQueue, readQueue } from "./read-queue.ts";
import { pages, type Reader } from "./reader.ts";
import { type KnownRole, readRoles } from "./read-roles.ts";

/** A schedule, or a rule on the default bus, that runs tasks in the cluster or listens to what becomes of them. */
export interface Run {
  readonly kind: "schedule" | "rule";
  readonly name: string;
  readonly arn: string;
  readonly isEnabled: boolean;
  /** JSON, of a rule without a schedule. */
  readonly pattern?: string | undefined;
  /** What it runs; undefined where it only tells a queue. */
  readonly task?: {
    readonly roleArn: string;
    readonly definitionArn: string;
    readonly definition: TaskDefinition | undefined;
    /** JSON that may have overrides. */
    readonly input: string | undefined;
  };
  /** ARNs of the queues that events go to. */
  readonly queues: readonly string[];
  /** ARNs of the queues for dead letters. */
  readonly deadLetters: readonly string[];
  /** The last one that it started and that has stopped. */
  readonly last: Task | undefined;
}

/** All that is known of them. */
export interface RunState {
  readonly clusterArn: string;
  readonly runs: readonly Run[];
  readonly roles: ReadonlyMap<string, KnownRole>;
  /** By ARN. */
  readonly queues: ReadonlyMap<string, KnownQueue>;
}

const isOf = (cluster: string, arn: string | undefined) => arn?.endsWith(`:cluster/${cluster}`);

/** Reads what runs tasks in a cluster beside its services. */
export async function readRuns(
  aws: AwsClients,
  reader: Reader,
  cluster: string,
  clusterArn: string,
): Promise<RunState> {
  const [schedules, rules] = await Promise.all([
    readSchedules(aws, reader, cluster),
    readRules(aws, reader, cluster),
  ]);
  const started = [...schedules, ...rules].flatMap(({ task }) => task?.definitionArn ?? []);
  const isMeant = (rule: Run) => rule.task !== undefined || isAbout(rule, clusterArn, started);
  const runs = [...schedules, ...rules.filter(isMeant)];
  const roles = new Set(runs.flatMap(({ task }) => task?.roleArn ?? []));
  const queues = new Set(runs.flatMap((run) => [...run.queues, ...run.deadLetters]));
  return {
    clusterArn,
    runs,
    roles: await readRoles(aws, reader, [...roles]),
    queues: new Map(
      await Promise.all(
        [...queues].map(async (arn) => [arn, await readQueue(aws, reader, arn)] as const),
      ),
    ),
  };
}

/** Whether a rule that listens to ECS means tasks of this cluster: it names it, or what is run in it, or nobody in particular. */
function isAbout({ pattern = "" }: Run, clusterArn: string, started: readonly string[]): boolean {
  const families = started.map((arn) => arn.split("/").at(-1)?.replace(/:\d+$/, "") ?? "");
  return (
    pattern.includes(clusterArn) ||
    !/"(?:clusterArn|taskDefinitionArn|group)"/.test(pattern) ||
    families.some((family) => pattern.includes(`/${family}:`) || pattern.includes(`:${family}"`))
  );
}

async function readSchedules(aws: AwsClients, reader: Reader, cluster: string): Promise<Run[]> {
  const { scheduler } = aws;
  const listed = await reader.ask(
    "scheduler list-schedules",
    () =>
      pages(
        (NextToken) => scheduler.listSchedules({ NextToken }),
        (page) => ({ items: page.Schedules, token: page.NextToken }),
      ),
    [],
  );
  const own = listed.filter(({ Target }) => isOf(cluster, Target?.Arn));
  const found = await Promise.all(
    own.map(({ Name, GroupName }) =>
      reader.ask(
        "scheduler get-schedule",
        () => scheduler.getSchedule({ Name, GroupName }),
        undefined,
        ["ResourceNotFound"],
      ),
    ),
  );
  return Promise.all(
    found.flatMap(async (schedule) => {
      const { Name: name = "", Arn: arn = "", State, Target } = schedule ?? {};
      const letters = Target?.DeadLetterConfig?.Arn;
      return {
        kind: "schedule" as const,
        name,
        arn,
        isEnabled: State === "ENABLED",
        task: {
          roleArn: Target?.RoleArn ?? "",
          ...(await readDefinition(aws, reader, Target?.EcsParameters?.TaskDefinitionArn)),
          input: Target?.Input,
        },
        queues: [],
        deadLetters: letters === undefined ? [] : [letters],
        last: await readLast(aws, reader, cluster, `chronos-schedule/${name}`),
      };
    }),
  );
}

/** Those on the default bus that run a task here, and those that listen to ECS and tell a queue. */
async function readRules(aws: AwsClients, reader: Reader, cluster: string): Promise<Run[]> {
  const { events } = aws;
  const rules = await reader.ask(
    "events list-rules",
    () =>
      pages(
        (NextToken) => events.listRules({ NextToken }),
        (page) => ({ items: page.Rules, token: page.NextToken }),
      ),
    [],
  );
  const runs = await Promise.all(
    rules.map(async ({ Name: name = "", Arn: arn = "", State, EventPattern: pattern }) => {
      const targets = await reader.ask(
        "events list-targets-by-rule",
        async () => (await events.listTargetsByRule({ Rule: name })).Targets ?? [],
        [],
        ["ResourceNotFound"],
      );
      const target = targets.find(({ Arn }) => isOf(cluster, Arn));
      const queues = targets.flatMap(({ Arn = "" }) => (Arn.includes(":sqs:") ? Arn : []));
      if (!target && (queues.length === 0 || !pattern?.includes('"aws.ecs"'))) return [];
      return [
        {
          kind: "rule" as const,
          name,
          arn,
          isEnabled: State !== "DISABLED",
          pattern,
          ...(target && { task: await readTask(aws, reader, target) }),
          queues,
          deadLetters: targets.flatMap(({ DeadLetterConfig }) => DeadLetterConfig?.Arn ?? []),
          last: target && (await readLast(aws, reader, cluster, `events-rule/${name}`)),
        },
      ];
    }),
  );
  return runs.flat();
}

async function readTask(aws: AwsClients, reader: Reader, target: Target) {
  const { RoleArn, EcsParameters, Input, InputTransformer } = target;
  return {
    roleArn: RoleArn ?? "",
    ...(await readDefinition(aws, reader, EcsParameters?.TaskDefinitionArn)),
    input: Input ?? InputTransformer?.InputTemplate,
  };
}

async function readDefinition({ ecs }: AwsClients, reader: Reader, definitionArn = "") {
  const definition = await reader.ask(
    "ecs describe-task-definition",
    async () =>
      (await ecs.describeTaskDefinition({ taskDefinition: definitionArn })).taskDefinition,
    undefined,
    ["ClientException"],
  );
  return { definitionArn, definition };
}

async function readLast(
  { ecs }: AwsClients,
  reader: Reader,
  cluster: string,
  startedBy: string,
): Promise<Task | undefined> {
  const tasks = await reader.ask(
    "ecs list-tasks",
    async () => {
      const asked = { cluster, startedBy, desiredStatus: "STOPPED" } as const;
      const { taskArns = [] } = await ecs.listTasks(asked);
      if (taskArns.length === 0) return [];
      return (await ecs.describeTasks({ cluster, tasks: taskArns })).tasks ?? [];
    },
    [],
    ["ClusterNotFound"],
  );
  const at = ({ createdAt }: Task) => createdAt?.getTime() ?? 0;
  return tasks.toSorted((a, b) => at(b) - at(a)).find(({ lastStatus }) => lastStatus === "STOPPED");
}
