import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Calendar } from "../../../clock/calendar.ts";
import { ManualClock } from "../../../clock/manual-clock.ts";
import { EventChannel } from "../../../ground/event-channel.ts";
import { service as cloudwatch } from "../../../services/cloudwatch/service.ts";
import { service as ecs } from "../../../services/ecs/service.ts";
import { currentRollout } from "../../../services/ecs/rollouts/begin.ts";
import {
  ecsServices,
  tasks,
  tasksByService,
  type EcsService,
  type Task,
} from "../../../services/ecs/state.ts";
import { workspaceKey } from "../../../services/iam/workspace-keys.ts";
import type { CallContext } from "../../../services/service.ts";
import { Store, type Scope } from "../../../store/store.ts";
import type { EngineContext, EnginePart } from "../../engine.ts";
import { AlarmsPart } from "../../metrics/alarms-part.ts";
import { createScheduler } from "../scheduler.ts";
import { Rules } from "./scheduler-rules.ts";
import { Machine, needsOf } from "./machine.ts";

export const ACCOUNT = "123456789012";
export const REGION = "ap-northeast-1";
const SERVICE = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/c/s`;

/** The ECS scheduler on a machine and a clock of a test's own, over a store on disk; and what of it must never be seen. */
export class World {
  readonly clock = new ManualClock();
  readonly rules = new Rules();
  readonly errors: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "world-"));
  #store!: Store;
  #parts: readonly EnginePart[] = [];
  machine!: Machine;

  /** @param seed the database of a cloud with a cluster `c` and what services need */
  static async open(seed: string): Promise<World> {
    const world = new World();
    cpSync(seed, join(world.#folder, "cloud.db"));
    await world.#start();
    return world;
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The server ends and comes again: what it had acknowledged has to be there. */
  async restart(): Promise<void> {
    const before = this.#kept();
    await this.#stop();
    this.#open();
    this.rules.same(before, this.#kept());
    await this.#run();
  }

  get scope(): Scope {
    return this.#store.scope(ACCOUNT, REGION);
  }

  get service(): Readonly<EcsService> | undefined {
    return this.scope.of(ecsServices).get(SERVICE);
  }

  get rollout() {
    return currentRollout(this.scope, SERVICE);
  }

  /** Those that have not stopped. */
  get tasks(): Readonly<Task>[] {
    return this.scope
      .of(tasks)
      .by(tasksByService, SERVICE)
      .filter(({ lastStatus }) => lastStatus !== "STOPPED");
  }

  /** Calls ECS, or CloudWatch, as its API does, in one transaction. @throws what the operation throws */
  call(operation: string, input: object): unknown {
    const context: CallContext = {
      account: ACCOUNT,
      region: REGION,
      requestId: operation,
      principal: { ...workspaceKey(this.#store, ACCOUNT), account: ACCOUNT },
      store: this.scope,
      cloud: this.#store,
      clock: this.clock,
      settings: {
        dataDir: this.#folder,
        endpoint: "http://127.0.0.1",
        homeAddress: "203.0.113.10",
      },
    };
    const handler = (ecs.handlers[operation] ?? cloudwatch.handlers[operation])!;
    return this.#store.transaction(() => handler(input, context));
  }

  /** Lets time pass, and what it starts come to rest. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  }

  async #start(): Promise<void> {
    this.#open();
    await this.#run();
  }

  #open(): void {
    this.#store = Store.open(join(this.#folder, "cloud.db"), (fault) => {
      this.errors.push(String(fault));
    });
  }

  async #run(): Promise<void> {
    const context: EngineContext = {
      store: this.#store,
      clock: this.clock,
      calendar: new Calendar(this.clock),
      settings: {
        dataDir: this.#folder,
        endpoint: "http://127.0.0.1",
        homeAddress: "203.0.113.10",
      },
      events: new EventChannel(),
      logger: {
        info: () => {},
        error: (message, error) => {
          this.errors.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`);
        },
      },
    };
    this.machine = new Machine(this.clock);
    this.#parts = [new AlarmsPart(context, []), createScheduler(context, needsOf(this.machine))];
    this.#store.onCommit((changes) => this.rules.look(this, changes));
    for (const part of this.#parts) await part.start();
    await this.pass(0);
  }

  async #stop(): Promise<void> {
    for (const part of this.#parts.toReversed()) await part.stop();
    this.#store.close();
  }

  #kept(): string {
    const lines: string[] = [];
    for (const { kind, values } of this.#store.contents())
      if (kind.startsWith("ecs."))
        for (const [id, value] of values) lines.push(`${kind} ${id} ${JSON.stringify(value)}`);
    return lines.toSorted().join("\n");
  }
}
