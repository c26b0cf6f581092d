import type { Task } from "@aws-sdk/client-ecs";
import { type LiveContext, NODE_APP, serviceNames } from "@workbook/lab-kit";
import { queueOf, reportOf } from "./stack-parts.ts";

/** On AWS a task by itself takes as long as one of a service. */
export const DEADLINE_MS = 180_000;

/** An event that was sent, and the runs that there were before. */
export interface Sent {
  readonly eventId: string;
  readonly known: ReadonlySet<string>;
}

/**
 * Says that a day is closed, as the shop does.
 *
 * @param orders amounts with blanks between
 * @throws {Error} where EventBridge does not take it
 */
export async function closeDay(context: LiveContext, orders: string): Promise<Sent> {
  const known = new Set((await runsNow(context)).map(({ taskArn = "" }) => taskArn));
  const { FailedEntryCount, Entries } = await context.aws.events.putEvents({
    Entries: [
      {
        Source: "shop",
        DetailType: "Day closed",
        Detail: JSON.stringify({ day: new Date().toISOString().slice(0, 10), orders }),
      },
    ],
  });
  if (FailedEntryCount) throw new Error(`events put-events: ${Entries?.[0]?.ErrorMessage}`);
  return { eventId: Entries?.[0]?.EventId ?? "", known };
}

/** The run that a rule has made since; others (a schedule's, one by hand) do not count. */
export async function newRun(context: LiveContext, { known }: Sent): Promise<Task | undefined> {
  const runs = await runsNow(context);
  return runs.find(
    ({ taskArn = "", startedBy = "" }) =>
      !known.has(taskArn) && startedBy.startsWith("events-rule/"),
  );
}

/** All runs of the report that ECS remembers. */
async function runsNow(context: LiveContext): Promise<readonly Task[]> {
  const { ecs } = context.aws;
  const { cluster } = serviceNames(context, NODE_APP);
  const family = String(reportOf(context)?.definition.attributes["family"]);
  const lists = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      ecs.listTasks({ cluster, family, desiredStatus }),
    ),
  );
  const tasks = lists.flatMap(({ taskArns = [] }) => taskArns);
  if (tasks.length === 0) return [];
  return (await ecs.describeTasks({ cluster, tasks })).tasks ?? [];
}

/** How the container of a run ended; undefined where it never began, or has not ended. */
export const exitCodeOf = ({ containers = [] }: Task): number | undefined =>
  containers[0]?.exitCode;

/** What the dead letter of an event says was refused; undefined where there is none. Takes it out. */
export async function letterOf(
  context: LiveContext,
  { eventId }: Sent,
): Promise<string | undefined> {
  const { MessageAttributes: said = {} } = (await takeOut(context, eventId)) ?? {};
  const code = said["ERROR_CODE"]?.StringValue;
  return code && `${code}: ${said["ERROR_MESSAGE"]?.StringValue ?? ""}`;
}

/** Takes the message out of the queue whose body names something; undefined where there is none. Others stay for whoever reads the queue. */
export async function takeOut({ aws: { sqs }, ...context }: LiveContext, name: string) {
  const QueueName = String(queueOf(context)?.attributes["name"]);
  const { QueueUrl } = await sqs.getQueueUrl({ QueueName });
  const { Messages = [] } = await sqs.receiveMessage({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ["All"],
    VisibilityTimeout: 0,
  });
  const found = Messages.find(({ Body = "" }) => Body.includes(name));
  if (found !== undefined)
    await sqs.deleteMessage({ QueueUrl, ReceiptHandle: found.ReceiptHandle });
  return found;
}
