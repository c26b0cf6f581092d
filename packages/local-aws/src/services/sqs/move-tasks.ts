import { randomUUID } from "node:crypto";
import type { ListMessageMoveTasksResultEntry } from "@aws-sdk/client-sqs";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { sourcesOf } from "./attributes.ts";
import { countsOf } from "./contents.ts";
import { invalidValue, noResource, outOfRange } from "./faults.ts";
import { checkAccess, queueOfArn, type FoundQueue } from "./find.ts";
import { moveTasks, type MoveTask } from "./state.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const MOST_PER_SECOND = 500;
const MOST_LISTED = 10;
/** So many of a queue's tasks are kept. */
const MOST_KEPT = 10;

/** What moves dead letters back, or elsewhere; the engine does it. */
export const moveTaskHandlers: Handlers<typeof import("@aws-sdk/client-sqs"), CallContext> = {
  StartMessageMoveTask({ SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: most }, context) {
    const found = needSource(context, SourceArn, [
      "StartMessageMoveTask",
      "ReceiveMessage",
      "DeleteMessage",
      "GetQueueAttributes",
    ]);
    const { queue, store } = found;
    const sources = sourcesOf({ store }, queue);
    if (sources.length === 0)
      throw invalidValue("Source queue must be configured as a Dead Letter Queue.");
    if (most !== undefined && (most < 1 || most > MOST_PER_SECOND))
      throw outOfRange(
        "MaxNumberOfMessagesPerSecond",
        most,
        `Must be between 1 and ${MOST_PER_SECOND}, if provided.`,
      );
    if (DestinationArn !== undefined && !queueOfArn(context.cloud, DestinationArn))
      throw noResource(
        "The resource that you specified for the DestinationArn parameter doesn't exist.",
      );
    for (const arn of DestinationArn === undefined ? sources.map((it) => it.arn) : [DestinationArn])
      checkAccess(context, "SendMessage", arn, queueOfArn(context.cloud, arn)?.queue);
    const all = tasksOf(found);
    if (all.some(({ status }) => status === "RUNNING"))
      throw invalidValue(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    for (const { id } of all.slice(MOST_KEPT - 1)) store.of(moveTasks).delete(id);
    const id = randomUUID();
    const task: MoveTask = {
      id,
      sourceArn: queue.arn,
      destinationArn: DestinationArn,
      perSecond: most,
      status: "RUNNING",
      moved: 0,
      toMove: countsOf(found, context.clock).visible,
      startedAt: context.clock.now(),
      order: (all[0]?.order ?? 0) + 1,
      caller: {
        account: context.account,
        arn: context.principal.arn,
        roleArn: context.principal.roleArn,
      },
    };
    store.of(moveTasks).put(id, task);
    return { TaskHandle: handleOf(task) };
  },

  ListMessageMoveTasks({ SourceArn, MaxResults = 1 }, context) {
    const found = needSource(context, SourceArn, ["ListMessageMoveTasks"]);
    if (MaxResults < 1 || MaxResults > MOST_LISTED)
      throw outOfRange("MaxResults", MaxResults, "Must be between 1 and 10, if provided.");
    return { Results: tasksOf(found).slice(0, MaxResults).map(shown) };
  },

  CancelMessageMoveTask({ TaskHandle }, context) {
    const { taskId, sourceArn } = readHandle(TaskHandle);
    const { store } = needSource(context, sourceArn, ["CancelMessageMoveTask"]);
    const task = store.of(moveTasks).get(taskId);
    if (!task) throw noResource("Task does not exist.");
    if (task.status !== "RUNNING") throw invalidValue("Only active tasks can be cancelled.");
    store.of(moveTasks).patch(taskId, { status: "CANCELLED" });
    return { ApproximateNumberOfMessagesMoved: task.moved };
  },
};

function needSource(context: CallContext, arn: string, operations: readonly string[]): FoundQueue {
  const found = queueOfArn(context.cloud, arn);
  for (const operation of operations) checkAccess(context, operation, arn, found?.queue);
  if (!found)
    throw noResource("The resource that you specified for the SourceArn parameter doesn't exist.");
  return found;
}

/** The tasks of a queue, the newest first. */
const tasksOf = ({ queue, store }: FoundQueue): readonly Readonly<MoveTask>[] =>
  store
    .of(moveTasks)
    .filter(({ sourceArn }) => sourceArn === queue.arn)
    .toSorted((a, b) => b.order - a.order);

const handleOf = ({ id: taskId, sourceArn }: Readonly<MoveTask>): string =>
  Buffer.from(JSON.stringify({ taskId, sourceArn })).toString("base64");

function readHandle(handle: string): { taskId: string; sourceArn: string } {
  const text = Buffer.from(handle, "base64").toString();
  const [, taskId, sourceArn] = /^\{"taskId":"([^"]+)","sourceArn":"([^"]+)"\}$/.exec(text) ?? [];
  if (taskId === undefined || sourceArn === undefined)
    throw invalidValue(`Value ${handle} for parameter TaskHandle is invalid.`);
  return { taskId, sourceArn };
}

const shown = (task: Readonly<MoveTask>): ListMessageMoveTasksResultEntry => ({
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasksResultEntry.html
  ...(task.status === "RUNNING" && { TaskHandle: handleOf(task) }),
  Status: task.status,
  SourceArn: task.sourceArn,
  DestinationArn: task.destinationArn,
  MaxNumberOfMessagesPerSecond: task.perSecond,
  ApproximateNumberOfMessagesMoved: task.moved,
  ApproximateNumberOfMessagesToMove: task.toMove,
  FailureReason: task.failure,
  StartedTimestamp: task.startedAt,
});
