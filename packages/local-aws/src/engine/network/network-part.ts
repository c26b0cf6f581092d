import {
  natGateways,
  vpcEndpoints,
  internetGateways,
  type NatGateway,
} from "../../services/ec2/state.ts";
import type { Timer } from "../../clock/clock.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { deleteNetworkInterface } from "../../services/ec2/interfaces.ts";

/** What the gateway becomes when its present state has lasted long enough: available, failed, or deleted. */
function advanceNatGateway(scope: Scope, gateway: Readonly<NatGateway>): void {
  const { natGatewayId, vpcId, connectivityType, state } = gateway;
  if (state === "deleting") {
    release(scope, gateway, { state: "deleted" });
  } else if (state === "pending") {
    const attached = scope.of(internetGateways).find((candidate) => candidate.vpcId === vpcId);
    if (attached || connectivityType === "private")
      scope.of(natGateways).patch(natGatewayId, { state: "available" });
    // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-failed
    else
      release(scope, gateway, {
        state: "failed",
        failureCode: "Gateway.NotAttached",
        failureMessage: `Network ${vpcId} has no Internet gateway attached`,
      });
  }
}

/** A gateway that does nothing any more holds neither interface nor address. */
function release(scope: Scope, gateway: Readonly<NatGateway>, patch: Partial<NatGateway>): void {
  deleteNetworkInterface(scope, gateway.networkInterfaceId);
  const { associationId: _association, ...rest } = gateway;
  scope.of(natGateways).put(gateway.natGatewayId, { ...rest, ...patch });
}

/** About what AWS takes; idle time, so the local clock shortens it. */
const NAT_GATEWAY_MS = 60_000;
const VPC_ENDPOINT_MS = 30_000;
/** How long a gateway that is no more can still be described: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html */
const DELETED_NAT_GATEWAY_MS = 60 * 60_000;

/** Moves NAT gateways and VPC endpoints from state to state, each in its time. */
export class NetworkPart implements EnginePart {
  readonly name = "network";
  readonly #context: EngineContext;
  readonly #timers = new Map<string, Timer>();
  #stopListening: (() => void) | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#stopListening = store.onCommit((changes) => this.#onCommit(changes));
    for (const kind of [natGateways, vpcEndpoints])
      for (const { place, ids } of store
        .all<object>(kind)
        .map((collection) => ({ place: collection.place, ids: collection.ids() })))
        for (const id of ids) this.#schedule(kind.name, place.account, place.region, id);
  }

  async stop(): Promise<void> {
    this.#stopListening?.();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #onCommit(changes: readonly Change[]): void {
    for (const { kind, account, region, id } of changes)
      if (kind === natGateways.name || kind === vpcEndpoints.name)
        this.#schedule(kind, account, region, id);
  }

  /** Sets the timer of a resource by the state it is in; one that was set before is called off. */
  #schedule(kind: string, account: string, region: string, id: string): void {
    const key = `${account}/${region}/${id}`;
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    const scope = this.#context.store.scope(account, region);
    const [wait, step] = kind === natGateways.name ? natStep(scope, id) : endpointStep(scope, id);
    if (!step) return;
    const timer = this.#context.clock.idle(wait, () => {
      this.#timers.delete(key);
      try {
        this.#context.store.record(step);
      } catch (error) {
        this.#context.logger.error(`${id} could not be moved to its next state`, error);
      }
    });
    this.#timers.set(key, timer);
  }
}

type Step = [waitMs: number, step: (() => void) | undefined];

function natStep(scope: Scope, id: string): Step {
  const gateway = scope.of(natGateways).get(id);
  if (!gateway || gateway.state === "available") return [0, undefined];
  if (gateway.state === "pending" || gateway.state === "deleting")
    return [NAT_GATEWAY_MS, () => advanceNatGateway(scope, gateway)];
  return [DELETED_NAT_GATEWAY_MS, () => void scope.of(natGateways).delete(id)];
}

function endpointStep(scope: Scope, id: string): Step {
  const endpoint = scope.of(vpcEndpoints).get(id);
  if (!endpoint || endpoint.state === "available") return [0, undefined];
  if (endpoint.state === "pending")
    return [VPC_ENDPOINT_MS, () => void scope.of(vpcEndpoints).patch(id, { state: "available" })];
  return [
    VPC_ENDPOINT_MS,
    () => {
      for (const eni of endpoint.networkInterfaceIds) deleteNetworkInterface(scope, eni);
      scope.of(vpcEndpoints).delete(id);
    },
  ];
}
