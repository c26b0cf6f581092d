import type { Timer } from "../../clock/clock.ts";
import { deliveries, type Delivery } from "../../services/events/state.ts";
import { sendToQueue } from "../../services/sqs/deliver.ts";
import type { Scope } from "../../store/store.ts";
import { Soon } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { deliver } from "./deliver.ts";
import { toFault, type DeliveryFault, type Exhausted } from "./delivery-fault.ts";
import { senderOf } from "./sender.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const MOST_RETRIES = 185;
const LONGEST_AGE_SECONDS = 86_400;
/** Twice as long after each try, up to that at which 185 of them take a day; in idle time. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 480_000;

/** Brings what rules and schedules send to their targets, again where that may help, and to a queue for dead letters where not. */
export class DeliveriesPart implements EnginePart {
  readonly name = "event deliveries";
  readonly #context: EngineContext;
  /** Of deliveries that are tried again, by id. */
  readonly #waiting = new Map<string, Timer>();
  readonly #look = new Soon(() => this.#attemptAll());
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      if (changes.some(({ kind, before, after }) => kind === deliveries.name && after && !before))
        this.#look.ask();
    });
    this.#look.ask();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#look.stop();
    for (const timer of this.#waiting.values()) timer.cancel();
  }

  #attemptAll(): void {
    const { store } = this.#context;
    for (const collection of store.all(deliveries)) {
      const scope = store.scope(collection.place.account, collection.place.region);
      for (const { id } of collection.values())
        if (!this.#waiting.has(id)) this.#attempt(scope, id);
    }
  }

  #attempt(scope: Scope, id: string): void {
    this.#waiting.delete(id);
    const delivery = scope.of(deliveries).get(id);
    if (!delivery) return;
    try {
      this.#context.store.transaction(() => {
        deliver(this.#context, scope, delivery);
        scope.of(deliveries).delete(id);
      });
    } catch (error) {
      this.#failed(scope, delivery, toFault(delivery.by, error));
    }
  }

  #failed(scope: Scope, delivery: Delivery, fault: DeliveryFault): void {
    const { id, attempts } = delivery;
    const exhausted = fault.passes ? this.#exhausted(delivery) : undefined;
    if (fault.passes && !exhausted) {
      const wait = Math.min(FIRST_WAIT_MS * 2 ** attempts, LONGEST_WAIT_MS);
      this.#context.store.record(() => scope.of(deliveries).patch(id, { attempts: attempts + 1 }));
      const timer = this.#context.clock.idle(wait, () => this.#attempt(scope, id));
      this.#waiting.set(id, timer);
      return;
    }
    this.#giveUp(scope, delivery, { fault, exhausted, retries: attempts });
  }

  #giveUp(scope: Scope, delivery: Delivery, undelivered: Undelivered): void {
    const { clock, events, logger, store } = this.#context;
    store.record(() => scope.of(deliveries).delete(delivery.id));
    try {
      store.record(() => buryDelivery(this.#context, delivery, undelivered));
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      logger.info(`${delivery.sourceArn}: the dead letter is lost: ${said}`);
    }
    const { code, message } = undelivered.fault;
    events.publish({
      type: "events.undelivered",
      at: clock.now(),
      account: scope.account,
      region: scope.region,
      sourceArn: delivery.sourceArn,
      targetArn: delivery.target.Arn,
      code,
      message,
    });
  }

  /** Which bound of the target's retry policy has been reached; undefined where none has. */
  #exhausted({ attempts, since, target }: Delivery): Exhausted | undefined {
    const {
      MaximumRetryAttempts: most = MOST_RETRIES,
      MaximumEventAgeInSeconds: age = LONGEST_AGE_SECONDS,
    } = target.RetryPolicy ?? {};
    if (attempts >= most) return "MaximumRetryAttempts";
    return this.#context.clock.idleSince(since) >= age * 1000
      ? "MaximumEventAgeInSeconds"
      : undefined;
  }
}

/** What became of a delivery. */
interface Undelivered {
  readonly fault: DeliveryFault;
  /** Which bound of its retry policy it came to; undefined where trying again would not have helped. */
  readonly exhausted: Exhausted | undefined;
  /** How often it was tried after the first time. */
  readonly retries: number;
}

/**
 * Sends what could not be delivered to the target's queue for dead letters, where it has one, in the transaction under way.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html,
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 * @throws AwsError where the queue is not there, or lets nobody
 */
function buryDelivery(
  { store, clock }: EngineContext,
  delivery: Delivery,
  undelivered: Undelivered,
): void {
  const { target, original } = delivery;
  const arn = target.DeadLetterConfig?.Arn;
  if (arn === undefined) return;
  const facts = { ...factsOf(undelivered), ...placeOf(delivery) };
  const attributes = Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, { type: "String", form: "string" as const, value }]],
    ),
  );
  sendToQueue({ cloud: store, clock }, arn, { body: original, attributes }, senderOf(delivery));
}

const factsOf = ({ fault, exhausted, retries }: Undelivered) => ({
  ERROR_CODE: fault.code,
  ERROR_MESSAGE: fault.message,
  EXHAUSTED_RETRY_CONDITION: exhausted,
  RETRY_ATTEMPTS: String(retries),
});

function placeOf({ by, id, sourceArn, target, since, scheduledAt = since }: Delivery) {
  const TARGET_ARN = target.Arn!;
  if (by === "events") return { RULE_ARN: sourceArn, TARGET_ARN };
  return {
    SCHEDULE_ARN: sourceArn,
    TARGET_ARN,
    EXECUTION_ID: id,
    SCHEDULED_TIME: new Date(scheduledAt).toISOString().replace(/\.\d+Z$/, "Z"),
    IS_PAYLOAD_TRUNCATED: "false",
  };
}
