import { instances } from "../../../services/ec2/instances/state.ts";
import { builds } from "../../../services/codebuild/state.ts";
import { networkInterfaces, vpcs } from "../../../services/ec2/state.ts";
import { tasks } from "../../../services/ecs/state.ts";
import type { Change } from "../../../store/collection.ts";
import type { EngineContext, EnginePart } from "../../engine.ts";
import type { Room } from "../../runtime/containers/room.ts";
import { instanceNetwork } from "../../runtime/containers/instance-networks.ts";
import { taskNetwork } from "../../runtime/containers/task-network.ts";
import { vpcResolver } from "../../network/resolver-address.ts";
import { StoredNetwork } from "../../network/stored-network.ts";
import { RESOLVER_OF_ALL, ruleSet, type RoutedLink, type RoutedVpc } from "./rule-set.ts";

/** What is answered inside by this server, for every task. */
export const METADATA_ADDRESS = "169.254.170.2";
export const API_ADDRESS = "192.0.2.1";
const SERVICES = [METADATA_ADDRESS, API_ADDRESS];

/** Who load balancers' interfaces belong to. */
const LOAD_BALANCERS = "amazon-elb";

/**
 * The VPCs' router: keeps the rules of the room's network what the model of reachability says of the store, and holds the addresses of what
 * is not a task: load balancers, resolvers, AWS's own services.
 */
export class Router implements EnginePart {
  readonly name = "router";
  readonly #context: EngineContext;
  readonly #room: Room;
  #rules = "";
  #addresses = new Set<string>();
  #scheduled: NodeJS.Immediate | undefined;
  #work: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext, room: Room) {
    this.#context = context;
    this.#room = room;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      if (changes.some(concerns)) this.#scheduled ??= setImmediate(() => this.#reconcile());
    });
    this.#room.onRemade(() => {
      this.#rules = "";
      this.#addresses.clear();
      return this.settled();
    });
    await this.settled();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    clearImmediate(this.#scheduled);
    await this.#work;
  }

  /** Resolves when the room's network is what the store says now. */
  settled(): Promise<void> {
    this.#reconcile();
    return this.#work;
  }

  #reconcile(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const routed = this.#vpcs();
    const outside = this.#buildLinks();
    const links = [...this.#links(), ...outside];
    const builders = outside.map(({ address }) => address);
    const rules = ruleSet({ vpcs: routed, links, services: SERVICES, outside: builders });
    const resolving = resolvers(routed, builders.length > 0);
    const addresses = new Set([...SERVICES, ...this.#balancers(), ...resolving]);
    const script = [...changesOf(this.#addresses, addresses)];
    if (rules === this.#rules && script.length === 0) return;
    this.#rules = rules;
    this.#addresses = addresses;
    const addressing = script.length === 0 ? "" : `ip -batch - <<END\n${script.join("\n")}\nEND\n`;
    this.#work = this.#work
      .then(async () => void (await this.#room.script(`${addressing}nft -f -`, rules)))
      .catch((error: unknown) => this.#context.logger.error("the router", error));
  }

  #vpcs(): RoutedVpc[] {
    return this.#context.store.all(networkInterfaces).flatMap(({ place }) => {
      const scope = this.#context.store.scope(place.account, place.region);
      const used = new Set(
        scope
          .of(networkInterfaces)
          .values()
          .map(({ vpcId }) => vpcId),
      );
      return scope
        .of(vpcs)
        .filter(({ vpcId }) => used.has(vpcId))
        .map((vpc) => ({
          network: new StoredNetwork(scope, vpc.vpcId),
          vpcId: vpc.vpcId,
          resolver: vpcResolver(vpc),
        }));
    });
  }

  #links(): RoutedLink[] {
    return [...this.#taskLinks(), ...this.#instanceLinks()];
  }

  #instanceLinks(): RoutedLink[] {
    return this.#context.store
      .all(instances)
      .flatMap((collection) => collection.filter(({ state }) => state !== "terminated"))
      .map(({ instanceId, privateIpAddress: address }) => ({
        link: instanceNetwork(instanceId).link,
        address,
      }));
  }

  #taskLinks(): RoutedLink[] {
    return this.#context.store
      .all(tasks)
      .flatMap((collection) => collection.values())
      .flatMap(({ arn, privateIpAddress, lastStatus }) => {
        if (privateIpAddress === undefined || lastStatus === "STOPPED") return [];
        const { link } = taskNetwork(arn.slice(arn.lastIndexOf("/") + 1));
        return [{ link, address: privateIpAddress }];
      });
  }

  /** Builds are in no VPC, and have an address while they run. */
  #buildLinks(): RoutedLink[] {
    return this.#context.store
      .all(builds)
      .flatMap((collection) => collection.values())
      .flatMap(({ id, address }) => {
        if (address === undefined) return [];
        const taskId = id.slice(id.lastIndexOf(":") + 1).replaceAll("-", "");
        return [{ link: taskNetwork(taskId).link, address }];
      });
  }

  #balancers(): string[] {
    return this.#context.store
      .all(networkInterfaces)
      .flatMap((collection) => collection.values())
      .filter(({ requesterId }) => requesterId === LOAD_BALANCERS)
      .map(({ privateIpAddress }) => privateIpAddress);
  }
}

const resolvers = (routed: readonly RoutedVpc[], hasBuilds: boolean) =>
  hasBuilds || routed.some(({ resolver }) => resolver !== undefined)
    ? [...routed.flatMap(({ resolver }) => resolver ?? []), RESOLVER_OF_ALL]
    : [];

function* changesOf(before: ReadonlySet<string>, after: ReadonlySet<string>): Iterable<string> {
  for (const address of before) if (!after.has(address)) yield `addr del ${address}/32 dev lo`;
  for (const address of after) if (!before.has(address)) yield `addr replace ${address}/32 dev lo`;
}

/** What the rules are made from. */
function concerns({ kind }: Change): boolean {
  return kind.startsWith("ec2.") || kind === tasks.name || kind === builds.name;
}
