import { randomUUID } from "node:crypto";
import type { Timer } from "../../clock/clock.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { isFifo } from "../../services/sqs/attributes.ts";
import { receivable } from "../../services/sqs/contents.ts";
import { noQueue } from "../../services/sqs/faults.ts";
import { queueOfArn, type FoundQueue } from "../../services/sqs/find.ts";
import { MOST_PER_SECOND } from "../../services/sqs/move-tasks.ts";
import { putMessage } from "../../services/sqs/put-message.ts";
import { checkReceiving, checkSending } from "../../services/sqs/queue-key.ts";
import { messages, moveTasks, type Message, type MoveTask } from "../../services/sqs/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";

const SECOND_MS = 1000;

/** A message that no queue has sent there by itself. */
class NoSource extends Error {}

/**
 * Moves dead letters back to their queues, or to another, so many a second.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
export class MessageMoves implements EnginePart {
  readonly name = "moves of messages";
  readonly #context: EngineContext;
  /** By the task's id. */
  readonly #timers = new Map<string, Timer>();
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => {
      for (const { kind, account, region, id, before, after } of changes)
        if (kind === moveTasks.name && after && !before)
          this.#later(store.scope(account, region), id, 0);
    });
    for (const { place, ...tasks } of store.all(moveTasks).map((all) => ({
      place: all.place,
      running: all.filter(({ status }) => status === "RUNNING"),
    })))
      for (const { id } of tasks.running)
        this.#later(store.scope(place.account, place.region), id, 0);
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #later(scope: Scope, id: string, ms: number): void {
    const move = () => {
      this.#timers.delete(id);
      try {
        if (this.#moveSome(scope, id)) this.#later(scope, id, SECOND_MS);
      } catch (error) {
        this.#context.logger.error("messages could not be moved", error);
      }
    };
    this.#timers.set(id, this.#context.clock.idle(ms, move));
  }

  /** As many as a second allows. @returns whether there is more to do */
  #moveSome(scope: Scope, id: string): boolean {
    const { store } = this.#context;
    return store.record(() => {
      const task = scope.of(moveTasks).get(id);
      if (task?.status !== "RUNNING") return false;
      const found = queueOfArn(store, task.sourceArn);
      const open = found ? receivable(found, this.#context.clock) : [];
      const some = open.slice(0, task.perSecond ?? MOST_PER_SECOND);
      let moved = 0;
      let failure: string | undefined;
      for (const message of some) {
        failure = this.#move(task, found!, message);
        if (failure !== undefined) break;
        moved += 1;
      }
      const isOver = failure !== undefined || some.length === open.length;
      const status = failure === undefined ? "COMPLETED" : "FAILED";
      scope.of(moveTasks).patch(id, {
        moved: task.moved + moved,
        ...(isOver && { status }),
        ...(failure !== undefined && { failure }),
      });
      return !isOver;
    });
  }

  /** @returns why it could not be moved; nothing of it has happened then */
  #move(
    task: Readonly<MoveTask>,
    from: FoundQueue,
    message: Readonly<Message>,
  ): string | undefined {
    const { store: cloud } = this.#context;
    try {
      cloud.transaction(() => this.#moveOne(task, from, message));
      return undefined;
    } catch (error) {
      if (error instanceof NoSource) return "CouldNotDetermineMessageSource";
      if (error instanceof AwsError) return error.code;
      throw error;
    }
  }

  /** It is a new message there: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
  #moveOne(
    { destinationArn, caller }: Readonly<MoveTask>,
    from: FoundQueue,
    message: Readonly<Message>,
  ) {
    const { store: cloud, clock } = this.#context;
    const arn = destinationArn ?? message.deadLetterSource;
    if (arn === undefined) throw new NoSource();
    const to = queueOfArn(cloud, arn);
    if (!to) throw noQueue();
    const { region } = from.store;
    const { account, arn: who, roleArn } = caller;
    const store = cloud.scope(account, region);
    const as = { account, region, store, cloud, clock, principal: { arn: who, roleArn } };
    checkReceiving(as, from);
    checkSending(as, to);
    from.store.of(messages).delete(message.id);
    putMessage(to, clock, {
      body: message.body,
      attributes: message.attributes,
      systemAttributes: message.systemAttributes,
      sender: message.sender,
      groupId: message.groupId,
      // What the queue remembers of the message itself is no reason to drop it.
      ...(isFifo(to.queue) && { deduplicationId: randomUUID() }),
    });
  }
}
