import type { Socket as UdpSocket } from "node:dgram";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { Server } from "node:net";
import { privateDomain } from "../../../ground/private-domain.ts";
import { networkInterfaces, vpcs } from "../../../services/ec2/state.ts";
import type { Mount } from "../../../ground/http.ts";
import { loadBalancers } from "../../../services/elbv2/state.ts";
import type { Scope, Store } from "../../../store/store.ts";
import type { EngineContext, EnginePart } from "../../engine.ts";
import type { TaskEndpoints } from "../../metadata/task-endpoints.ts";
import type { Room } from "../../runtime/containers/room.ts";
import { vpcResolver } from "../../network/resolver-address.ts";
import { API_ADDRESS, METADATA_ADDRESS } from "../router/router.ts";
import { RESOLVER_OF_ALL } from "../router/rule-set.ts";
import { ApiDoor } from "./api-door.ts";
import { Resolver } from "./resolver.ts";

const DNS_PORT = 53;
const HTTP_PORT = 80;

/** What tasks meet in their own network that is this server's: the metadata endpoint, the API, and the VPCs' resolvers. */
export class InsideDoors implements EnginePart {
  readonly name = "doors of the tasks' network";
  readonly #context: EngineContext;
  readonly #room: Room;
  readonly #http: readonly (readonly [address: string, server: HttpServer])[];
  readonly #resolver: Resolver;
  readonly #sockets = new Set<Server>();
  #resolvers = new Set<string>();
  #unsubscribe: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();

  /** @param beside what else is answered at the metadata endpoint's address */
  constructor(
    context: EngineContext,
    room: Room,
    metadata: TaskEndpoints,
    beside: readonly Mount[] = [],
  ) {
    const { store, settings, clock } = context;
    this.#context = context;
    this.#room = room;
    const api = new ApiDoor(store, settings.endpoint);
    const answer: RequestListener = async (request, response) => {
      const mount = beside.find(({ prefix }) => request.url?.startsWith(prefix));
      await (mount ? mount.handle(request, response) : metadata.handleInside(request, response));
    };
    const toMetadata: RequestListener = (request, response) =>
      void Promise.resolve(answer(request, response)).catch((error: unknown) =>
        context.logger.error("the metadata endpoint", error),
      );
    this.#http = [
      [METADATA_ADDRESS, createServer(toMetadata)],
      [API_ADDRESS, createServer((request, response) => api.handle(request, response))],
    ];
    this.#resolver = new Resolver({ clock, find: (name) => vpcName(store, name) });
  }

  async start(): Promise<void> {
    this.#room.onRemade(() => this.#open());
    await this.#open();
    this.#unsubscribe = this.#context.store.onCommit((changes) => {
      if (changes.some(({ kind }) => kind === vpcs.name)) this.#openResolvers();
    });
    this.#openResolvers();
    await this.#work;
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
    await this.#work;
    this.#close();
    for (const [, server] of this.#http) server.closeAllConnections();
  }

  #close(): void {
    for (const socket of this.#sockets) socket.close();
    this.#sockets.clear();
    this.#resolver.close();
    this.#resolvers.clear();
  }

  async #open(): Promise<void> {
    // Those of a room that is no more would keep its network.
    this.#close();
    for (const [address, http] of this.#http) {
      const socket = (await this.#room.listen(address, HTTP_PORT)) as Server;
      socket.on("connection", (connection) => http.emit("connection", connection));
      this.#sockets.add(socket);
    }
    this.#openResolvers();
  }

  /** One that its VPC has no more stays open: the router lets nobody reach it. */
  #openResolvers(): void {
    const wanted = this.#context.store
      .all(vpcs)
      .flatMap((collection) => collection.values())
      .flatMap((vpc) => vpcResolver(vpc) ?? []);
    for (const address of new Set([RESOLVER_OF_ALL, ...wanted])) {
      if (this.#resolvers.has(address)) continue;
      this.#resolvers.add(address);
      this.#work = this.#work
        .then(async () => {
          this.#resolver.serve((await this.#room.listen(address, DNS_PORT, "udp")) as UdpSocket);
          this.#resolver.serveTcp((await this.#room.listen(address, DNS_PORT)) as Server);
        })
        .catch((error: unknown) => this.#context.logger.error("a resolver", error));
    }
  }
}

const ADDRESS_NAME = /^ip-(\d+)-(\d+)-(\d+)-(\d+)\.(.+)$/;
const AWS_NAME = /(?:^|\.)amazonaws\.com$/;

/**
 * What a name means in a VPC: the addresses of a load balancer's interfaces, an interface's own name, a service of AWS's; undefined where
 * the VPC does not know it.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
function vpcName(store: Store, name: string): readonly string[] | undefined {
  for (const { place } of store.all(networkInterfaces)) {
    const found = nameIn(store.scope(place.account, place.region), name);
    if (found) return found;
  }
  return AWS_NAME.test(name) ? [API_ADDRESS] : undefined;
}

function nameIn(scope: Scope, name: string): readonly string[] | undefined {
  // A load balancer is called here as no client outside of browsers would find it; its name on AWS is known too.
  const local = name.replace(/\.elb\.amazonaws\.com$/, ".elb.localhost");
  const balancer = scope.of(loadBalancers).find(({ dnsName }) => dnsName.toLowerCase() === local);
  if (balancer) return balancer.availabilityZones.map(({ address }) => address);
  const [, one, two, three, four, domain] = ADDRESS_NAME.exec(name) ?? [];
  if (domain !== privateDomain(scope.region)) return undefined;
  const address = [one, two, three, four].join(".");
  const eni = scope.of(networkInterfaces).find((each) => each.privateIpAddress === address);
  return eni && scope.of(vpcs).get(eni.vpcId)?.enableDnsHostnames ? [address] : undefined;
}
