import type { Timer } from "../../../clock/clock.ts";
import { AwsError } from "../../../protocol/aws-error.ts";
import { FLOW_LOGS } from "../../../services/ec2/flow-logs/handlers.ts";
import { flowLogs, type FlowLog } from "../../../services/ec2/flow-logs/state.ts";
import { ec2Arn, FLOW_LOG } from "../../../services/ec2/resources.ts";
import { networkInterfaces, type NetworkInterface } from "../../../services/ec2/state.ts";
import { LogEvents } from "../../../services/logs/log-events.ts";
import type { CallContext } from "../../../services/service.ts";
import type { Scope } from "../../../store/store.ts";
import type { EngineContext, EnginePart } from "../../engine.ts";
import { assumed, requireLogStream } from "../../acting-role.ts";
import type { Room } from "../../runtime/containers/room.ts";
import { StoredNetwork } from "../stored-network.ts";
import { interfaceFlows, recordsOf, type InterfaceFlow } from "./flow-records.ts";
import { PacketCounts, type Seen } from "./packet-counts.ts";

/** The shorter of the two intervals that records may reach; the longer one is ten of it. */
const LOOK_MS = 60_000;

/** What has been seen for one flow log since its last records, by interface and flow. */
interface Pending {
  looks: number;
  since: number;
  readonly flows: Map<string, Map<string, InterfaceFlow>>;
  /** Those that were there at a look, by id: one that is gone meanwhile has records still. */
  readonly interfaces: Map<string, Readonly<NetworkInterface>>;
}

const pendingFrom = (since: number): Pending => ({
  looks: 0,
  since,
  flows: new Map(),
  interfaces: new Map(),
});

/**
 * Writes records of what goes through VPCs into CloudWatch Logs, from what the room's network counts. Intervals are idle waiting,
 * and pass at the clock's pace.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html
 */
export class FlowLogs implements EnginePart {
  readonly name = "flow logs";
  readonly #context: EngineContext;
  readonly #counts: PacketCounts;
  readonly #pending = new Map<string, Pending>();
  /** Interfaces that were deleted since the last look. */
  #gone: { account: string; region: string; eni: NetworkInterface }[] = [];
  #timer: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(context: EngineContext, room: Room) {
    this.#context = context;
    this.#counts = new PacketCounts(room);
    room.onRemade(() => {
      this.#counts.forget();
      this.#reconcile();
    });
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      if (changes.some(({ kind }) => kind === flowLogs.name)) this.#reconcile();
      if (this.#timer === undefined) return;
      for (const { kind, account, region, before, after } of changes)
        if (kind === networkInterfaces.name && !after)
          this.#gone.push({ account, region, eni: before as NetworkInterface });
    });
    this.#reconcile();
    await this.#work;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#timer?.cancel();
    await this.#work;
  }

  /** Counts while there is a flow log, and not without one. */
  #reconcile(): void {
    const now = this.#context.clock.now();
    const logs = this.#all();
    const ids = new Set(logs.map(({ log }) => log.flowLogId));
    for (const id of this.#pending.keys()) if (!ids.has(id)) this.#pending.delete(id);
    for (const id of ids) if (!this.#pending.has(id)) this.#pending.set(id, pendingFrom(now));
    if (ids.size === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
      this.#then(() => this.#counts.stop());
      return;
    }
    this.#then(() => this.#counts.start());
    this.#timer ??= this.#next();
  }

  #next(): Timer {
    return this.#context.clock.idle(LOOK_MS, () => this.#then(() => this.#look()));
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#context.logger.error("flow logs", error));
  }

  #all(): { readonly scope: Scope; readonly log: Readonly<FlowLog> }[] {
    const { store } = this.#context;
    return store.all(flowLogs).flatMap((all) => {
      const scope = store.scope(all.place.account, all.place.region);
      return all.values().map((log) => ({ scope, log }));
    });
  }

  async #look(): Promise<void> {
    if (this.#isStopped || this.#timer === undefined) return;
    try {
      const seen = await this.#counts.read();
      for (const { scope, log } of this.#all()) this.#note(scope, log, seen);
      this.#gone = [];
    } finally {
      if (!this.#isStopped) this.#timer = this.#next();
    }
  }

  #note(scope: Scope, log: Readonly<FlowLog>, seen: readonly Seen[]): void {
    const pending = this.#pending.get(log.flowLogId);
    if (!pending) return;
    const { account, region } = scope;
    const gone = this.#gone.filter((it) => it.account === account && it.region === region);
    const known = [...scope.of(networkInterfaces).values(), ...gone.map(({ eni }) => eni)];
    const own = known.filter((eni) => isOf(log, eni));
    const [first] = own;
    if (first) {
      const all = known.filter(({ vpcId }) => vpcId === first.vpcId);
      const flows = interfaceFlows(new StoredNetwork(scope, first.vpcId), all, seen);
      for (const eni of own) {
        pending.interfaces.set(eni.networkInterfaceId, eni);
        for (const flow of flows.get(eni.networkInterfaceId) ?? [])
          add(pending, eni.networkInterfaceId, flow);
      }
    }
    pending.looks += 1;
    if (pending.looks * LOOK_MS >= log.intervalSeconds * 1000) this.#finish(scope, log, pending);
  }

  /** An interval is over: what was seen in it becomes records. */
  #finish(scope: Scope, log: Readonly<FlowLog>, { since, interfaces, flows }: Pending): void {
    const end = this.#context.clock.now();
    const span = { start: Math.floor(since / 1000), end: Math.floor(end / 1000) };
    const lines = [...interfaces].map(([id, eni]) => ({
      stream: `${id}-${log.trafficType.toLowerCase()}`,
      records: recordsOf(log, scope, eni, [...(flows.get(id)?.values() ?? [])], span),
    }));
    this.#pending.set(log.flowLogId, pendingFrom(end));
    this.#deliver(scope, log, lines, span.start * 1000);
  }

  /** Writes records by the flow log's role; one that may not makes the flow log say so. */
  #deliver(
    scope: Scope,
    log: Readonly<FlowLog>,
    lines: readonly { readonly stream: string; readonly records: readonly string[] }[],
    timestamp: number,
  ): void {
    const { store } = this.#context;
    const { flowLogId, roleArn } = log;
    let error: string | undefined;
    try {
      const caller = assumed(this.#context, scope, {
        service: FLOW_LOGS,
        roleArn,
        sourceArn: ec2Arn(scope, FLOW_LOG.type, flowLogId),
        session: flowLogId,
      });
      store.record(() => write(caller, log.logGroupName, lines, timestamp));
    } catch (cause) {
      if (!(cause instanceof AwsError)) throw cause;
      this.#context.logger.info(`the flow log ${flowLogId} was not delivered: ${cause.message}`);
      error = "Access error";
    }
    if (error === log.error || !scope.of(flowLogs).has(flowLogId)) return;
    const { error: _, ...rest } = log;
    store.record(
      () =>
        void scope.of(flowLogs).put(flowLogId, { ...rest, ...(error !== undefined && { error }) }),
    );
  }
}

const isOf = ({ resourceId }: Readonly<FlowLog>, eni: Readonly<NetworkInterface>) =>
  [eni.networkInterfaceId, eni.subnetId, eni.vpcId].includes(resourceId);

/** Adds to what is known of a flow that went the same way. */
function add({ flows }: Pending, interfaceId: string, seen: InterfaceFlow): void {
  const own = flows.get(interfaceId) ?? new Map<string, InterfaceFlow>();
  flows.set(interfaceId, own);
  const key = JSON.stringify([seen.flow, seen.direction, seen.action]);
  const { packets = 0, bytes = 0 } = own.get(key)?.counted ?? {};
  own.set(key, {
    ...seen,
    counted: { packets: packets + seen.counted.packets, bytes: bytes + seen.counted.bytes },
  });
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function write(
  caller: CallContext,
  group: string,
  lines: readonly { readonly stream: string; readonly records: readonly string[] }[],
  timestamp: number,
): void {
  const { account, region, clock } = caller;
  for (const { stream, records } of lines) {
    requireLogStream(caller, group, stream);
    const place = { account, region, group, stream, ingestionTime: clock.now(), timestamp };
    caller.cloud.owner(LogEvents).write(records.map((message) => ({ ...place, message })));
  }
}
