import { request as plain } from "node:http";
import { request as secure } from "node:https";
import type { Clock, Timer } from "../../clock/clock.ts";
import { bury } from "../../services/sns/deliver.ts";
import { deliveries, subscriptions, type Delivery } from "../../services/sns/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";

const TOO_MANY_REQUESTS = 429;

/**
 * Posts what topics have for HTTP endpoints, and again where they do not take it.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export class HttpDeliveries implements EnginePart {
  readonly name = "notifications";
  readonly #context: EngineContext;
  readonly #stopping = new AbortController();
  /** By delivery: the timer of its next try. */
  readonly #timers = new Map<string, Timer>();
  readonly #posts = new Set<Promise<void>>();
  #forget: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#forget = store.onCommit((changes) => {
      for (const { kind, account, region, before, after, id } of changes) {
        if (kind !== deliveries.name) continue;
        if (after === undefined) this.#cancel(id);
        else if (before === undefined)
          this.#schedule(store.scope(account, region), after as Delivery);
      }
    });
    for (const { place, values } of store.all(deliveries).map((each) => ({
      place: each.place,
      values: each.values(),
    })))
      for (const delivery of values)
        this.#schedule(store.scope(place.account, place.region), delivery);
  }

  async stop(): Promise<void> {
    this.#forget?.();
    this.#stopping.abort();
    for (const id of this.#timers.keys()) this.#cancel(id);
    await Promise.all(this.#posts);
  }

  #cancel(id: string): void {
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
  }

  #schedule(scope: Scope, { id, since, waitMs }: Readonly<Delivery>): void {
    const { clock, logger } = this.#context;
    const left = Math.max(0, waitMs - clock.idleSince(since));
    const timer = clock.idle(left, () => {
      this.#timers.delete(id);
      const work = this.#try(scope, id)
        .catch((error: unknown) => logger.error(`notification ${id} failed`, error))
        .finally(() => this.#posts.delete(work));
      this.#posts.add(work);
    });
    this.#timers.set(id, timer);
  }

  async #try(scope: Scope, id: string): Promise<void> {
    const { clock } = this.#context;
    const delivery = scope.of(deliveries).get(id);
    if (!delivery) return;
    const status = await post(delivery, clock, this.#stopping.signal);
    // What was cut off by the end of the cloud is tried when it starts again.
    if (this.#stopping.signal.aborted) return;
    this.#context.store.record(() => this.#settle(scope, id, status));
  }

  /** Writes down what came of a try. What an endpoint refuses for good (4xx) is not tried again. */
  #settle(scope: Scope, id: string, status: number | undefined): void {
    const all = scope.of(deliveries);
    const delivery = all.get(id);
    if (!delivery) return;
    const isTaken = status !== undefined && status >= 200 && status < 300;
    const isRefused =
      status !== undefined && status >= 300 && status < 500 && status !== TOO_MANY_REQUESTS;
    const [waitMs, ...retries] = delivery.retries;
    const isOver = isTaken || isRefused || waitMs === undefined;
    if (isOver) {
      all.delete(id);
      if (!isTaken) this.#bury(scope, delivery);
      return;
    }
    const { clock } = this.#context;
    const attempts = delivery.attempts + 1;
    const next = all.put(id, { ...delivery, attempts, since: clock.now(), waitMs, retries });
    this.#schedule(scope, next);
  }

  #bury(scope: Scope, { subscriptionArn, body, headers }: Readonly<Delivery>): void {
    const subscription = scope.of(subscriptions).get(subscriptionArn);
    const isNotification = headers["x-amz-sns-message-type"] === "Notification";
    if (!subscription || !isNotification) return;
    const { store: cloud, clock } = this.#context;
    bury({ cloud, clock }, subscription, { body });
  }
}

/** How long an endpoint may take to answer. https://docs.aws.amazon.com/sns/latest/dg/sns-prepare-endpoint.html */
const ANSWER_MS = 15_000;

/** What an HTTP endpoint is sent. */
interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts to an endpoint, and waits for its answer.
 * @param signal ends it
 * @returns the status; undefined where there was no answer in time
 */
function post(
  { url, headers, body }: Post,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | undefined> {
  const target = new URL(url);
  const request = target.protocol === "https:" ? secure : plain;
  const { username, password, hostname } = target;
  const auth = username && `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  // Not every machine resolves the names of load balancers here: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
  const isHere = hostname.endsWith(".localhost");
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const sent = request(target, {
    method: "POST",
    headers: { ...headers, host: target.host, "content-length": Buffer.byteLength(body) },
    signal,
    agent: false,
    ...(auth && { auth }),
    ...(isHere && { hostname: "127.0.0.1" }),
  });
  const timer = clock.deadline(ANSWER_MS, () => sent.destroy());
  sent.on("response", (answer) => {
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode));
    answer.on("error", () => resolve(undefined));
  });
  sent.on("error", () => resolve(undefined));
  sent.on("close", () => resolve(undefined));
  sent.end(body);
  return promise.finally(() => timer.cancel());
}
