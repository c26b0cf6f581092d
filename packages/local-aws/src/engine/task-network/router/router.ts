import { isDeepStrictEqual } from "node:util";
import { lastPart } from "../../../ground/arn.ts";
import { instances } from "../../../services/ec2/instances/state.ts";
import { builds } from "../../../services/codebuild/state.ts";
import { networkInterfaces, vpcs } from "../../../services/ec2/state.ts";
import { tasks } from "../../../services/ecs/state.ts";
import type { Change } from "../../../store/collection.ts";
import { Soon } from "../../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../../engine.ts";
import type { Room } from "../../runtime/containers/room.ts";
import { instanceNetwork } from "../../runtime/containers/instance-networks.ts";
import { taskNetwork } from "../../runtime/containers/task-network.ts";
import { vpcResolver } from "../../network/resolver-address.ts";
import { StoredNetwork } from "../../network/stored-network.ts";
import {
  KnownRules,
  RESOLVER_OF_ALL,
  ruleSet,
  ruleSteps,
  type RoutedLink,
  type RoutedVpc,
  type RuleSet,
} from "./rule-set.ts";

/** What is answered inside by this server, for every task. */
export const METADATA_ADDRESS = "169.254.170.2";
export const API_ADDRESS = "192.0.2.1";
const SERVICES = [METADATA_ADDRESS, API_ADDRESS];

/** Who load balancers' interfaces belong to. */
const LOAD_BALANCERS = "amazon-elb";

/** What the room's network is to be. */
interface Wanted {
  readonly rules: RuleSet;
  /** Of the room's own: what is sent to them is answered in there. */
  readonly addresses: ReadonlySet<string>;
}

/** What a room has that has just been made. */
const NOTHING: Wanted = { rules: { parts: [], hooks: "" }, addresses: new Set() };

/** The table that is met, and the one that is made: the next time they change places. */
const TABLES = ["vpc-0", "vpc-1"] as const;

/**
 * The VPCs' router: keeps the rules of the room's network what the model of reachability says of the store, and holds the addresses of what
 * is not a task: load balancers, resolvers, AWS's own services.
 */
export class Router implements EnginePart {
  readonly name = "router";
  readonly #context: EngineContext;
  readonly #room: Room;
  readonly #known = new KnownRules();
  #wanted = NOTHING;
  /** What the room has; undefined where a change of it has failed, and it may have any part of that. */
  #made: Wanted | undefined = NOTHING;
  /** How many rooms there have been: what began in one may have come to its end in the next. */
  #rooms = 1;
  #fault: unknown;
  #tables: readonly [met: string, made: string] = TABLES;
  readonly #look = new Soon(() => this.#reconcile());
  #work: Promise<void> = Promise.resolve();
  #unsubscribe: (() => void) | undefined;

  constructor(context: EngineContext, room: Room) {
    this.#context = context;
    this.#room = room;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      this.#known.forget(changes);
      if (changes.some(concerns)) this.#look.ask();
    });
    this.#room.onRemade(() => {
      this.#rooms += 1;
      this.#made = NOTHING;
      this.#look.now();
      return this.#work;
    });
    this.#look.now();
    await this.#work;
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    this.#look.stop();
    await this.#work;
  }

  /** Resolves when the room's network is what the store says now. @throws Error with the room's words where it cannot be made so */
  async settled(): Promise<void> {
    this.#look.now();
    await this.#work;
    if (this.#fault !== undefined) throw this.#fault;
  }

  #reconcile(): void {
    const routed = this.#vpcs();
    const outside = this.#buildLinks();
    const links = [...this.#links(), ...outside];
    const builders = outside.map(({ address }) => address);
    const plan = { vpcs: routed, links, services: SERVICES, outside: builders };
    const rules = ruleSet({ ...plan, rulesOf: this.#known.of });
    const resolving = resolvers(routed, builders.length > 0);
    const addresses = new Set([...SERVICES, ...this.#balancers(), ...resolving]);
    const { rules: before, addresses: held } = this.#wanted;
    if (!isDeepStrictEqual(rules, before) || held.symmetricDifference(addresses).size > 0)
      this.#wanted = { rules, addresses };
    this.#work = this.#work.then(() => this.#make());
  }

  /** Makes what is wanted last: what was wanted before it need not be made any more. */
  async #make(): Promise<void> {
    const [wanted, made, rooms] = [this.#wanted, this.#made, this.#rooms];
    if (wanted === made) return;
    this.#made = undefined;
    try {
      const addressing = addressScript(made?.addresses, wanted.addresses);
      if (addressing !== "") await this.#room.script(addressing);
      const [before, table] = this.#tables;
      for (const step of ruleSteps(wanted.rules, table, before))
        await this.#room.script("nft -f -", step);
      this.#tables = [table, before];
      if (rooms === this.#rooms) this.#made = wanted;
      this.#fault = undefined;
    } catch (error) {
      this.#fault = error;
      this.#context.logger.error("the router", error);
    }
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
        const { link } = taskNetwork(lastPart(arn));
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

/** Where nobody knows which addresses there are, all go that were added. */
function addressScript(before: ReadonlySet<string> | undefined, after: ReadonlySet<string>) {
  const gone = [...(before ?? [])].filter((address) => !after.has(address));
  const added = [...after].filter((address) => !before?.has(address));
  const lines = [
    ...gone.map((address) => `addr del ${address}/32 dev lo`),
    ...added.map((address) => `addr replace ${address}/32 dev lo`),
  ];
  const flush = before ? "" : "ip addr flush dev lo scope global\n";
  return lines.length === 0 ? flush : `${flush}ip -batch - <<END\n${lines.join("\n")}\nEND\n`;
}

/** What the rules are made from. */
function concerns({ kind }: Change): boolean {
  return kind.startsWith("ec2.") || kind === tasks.name || kind === builds.name;
}
