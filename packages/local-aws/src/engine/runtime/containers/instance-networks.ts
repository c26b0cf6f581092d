import type { Room } from "./room.ts";
import { INSTANCES } from "./task-volumes.ts";
import {
  openNetworkScript,
  dropNetworkScript,
  namespacePath,
  type TaskNetwork,
} from "./task-network.ts";

/** The ports that Docker gives out by itself. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;
/** Docker's bridge, the same on each instance. https://docs.docker.com/engine/network/drivers/bridge/ */
const BRIDGE = "docker0";
export const BRIDGE_ADDRESS = "172.17.0.1";
const BRIDGE_PREFIX = 16;

const SCRIPT = `
ip link add ${BRIDGE} type bridge
ip addr add ${BRIDGE_ADDRESS}/${BRIDGE_PREFIX} dev ${BRIDGE}
ip link set ${BRIDGE} up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv4/conf/${BRIDGE}/route_localnet
`;

/** Ports lead to containers, whose way out is the instance's own address. Some are reached from the instance itself too. */
const RULES = `
table ip docker {
map ports { type inet_proto . inet_service : ipv4_addr . inet_service; }
chain prerouting { type nat hook prerouting priority -100; fib daddr type local dnat ip to meta l4proto . th dport map @ports; }
chain output { type nat hook output priority -100; fib daddr type local dnat ip to meta l4proto . th dport map @ports; }
chain postrouting {
type nat hook postrouting priority 100;
ip saddr 172.17.0.0/${BRIDGE_PREFIX} oifname != "${BRIDGE}" masquerade
ip saddr 127.0.0.0/8 oifname "${BRIDGE}" masquerade
ip saddr 172.17.0.0/${BRIDGE_PREFIX} ip daddr 172.17.0.0/${BRIDGE_PREFIX} ct status dnat masquerade
}
}
`;

/** A port of a container that an instance's port leads to. */
export interface PublishedPort {
  readonly protocol: string;
  readonly containerPort: number;
  readonly hostPort: number;
}

/** Names of an instance's network in the room: its id, and a link that the router knows. */
export function instanceNetwork(instanceId: string): TaskNetwork {
  return { namespace: instanceId, link: `eni${instanceId.slice(2, 14)}` };
}

/** One instance's network: its address, Docker's bridge, and what of both is taken. */
export class InstanceNetwork {
  readonly address: string;
  readonly names: TaskNetwork;
  readonly #ports = new Set<string>();
  readonly #hosts = new Set<number>();
  #next = FIRST_PORT;

  constructor(instanceId: string, address: string) {
    this.address = address;
    this.names = instanceNetwork(instanceId);
  }

  /** An address on the bridge that no container has. */
  takeAddress(): string {
    let host = 2;
    while (this.#hosts.has(host)) host += 1;
    this.#hosts.add(host);
    return `172.17.${host >> 8}.${host & 255}`;
  }

  freeAddress(address: string): void {
    const [, , high = 0, low = 0] = address.split(".").map(Number);
    this.#hosts.delete(high * 256 + low);
  }

  /**
   * Takes a port of the instance; one of Docker's own choice without a wish.
   * @returns undefined where the wish is taken, or there is none left
   */
  takePort(protocol: string, wish: number): number | undefined {
    if (wish > 0) return this.#take(protocol, wish) ? wish : undefined;
    const count = LAST_PORT - FIRST_PORT + 1;
    for (let step = 0; step < count; step++) {
      const port = FIRST_PORT + ((this.#next - FIRST_PORT + step) % count);
      if (!this.#take(protocol, port)) continue;
      this.#next = port + 1;
      return port;
    }
    return undefined;
  }

  /** Takes ports in a row, of Docker's own choice; the first of them. @returns undefined where no such row is left */
  takeRow(protocol: string, count: number): number | undefined {
    for (let first = FIRST_PORT; first + count - 1 <= LAST_PORT; first++) {
      const row = Array.from({ length: count }, (_, index) => first + index);
      if (row.some((port) => this.#ports.has(`${protocol}/${port}`))) continue;
      for (const port of row) this.#take(protocol, port);
      return first;
    }
    return undefined;
  }

  freePort(protocol: string, port: number): void {
    this.#ports.delete(`${protocol}/${port}`);
  }

  #take(protocol: string, port: number): boolean {
    const key = `${protocol}/${port}`;
    if (this.#ports.has(key)) return false;
    this.#ports.add(key);
    return true;
  }

  /** A script that leads ports of the instance to a container on the bridge. */
  publishScript(address: string, ports: readonly PublishedPort[]): string {
    return this.#mapScript("add", address, ports);
  }

  /** A script that takes {@link publishScript} back; connections that stand go on. */
  withdrawScript(address: string, ports: readonly PublishedPort[]): string {
    return this.#mapScript("delete", address, ports);
  }

  #mapScript(verb: "add" | "delete", address: string, ports: readonly PublishedPort[]): string {
    if (ports.length === 0) return "";
    const elements = ports.map(
      ({ protocol, hostPort, containerPort }) =>
        `${protocol} . ${hostPort} : ${address} . ${containerPort}`,
    );
    return `${inNetwork(this.names)} nft '${verb} element ip docker ports { ${elements.join(", ")} }'\n`;
  }

  /** A script that makes a container's own network, on the bridge. */
  attachScript({ namespace, link }: TaskNetwork, address: string): string {
    const { namespace: instance } = this.names;
    return `
ip netns add ${namespace}
ip -n ${instance} -batch - <<END
link add ${link} type veth peer name eth0 netns ${namespace}
link set ${link} master ${BRIDGE} up
END
ip -n ${namespace} -batch - <<END
link set lo up
link set eth0 address ${hardwareAddress(address)} up
addr add ${address}/${BRIDGE_PREFIX} dev eth0
route add default via ${BRIDGE_ADDRESS} dev eth0
END
`;
  }
}

/**
 * Made from the address, as Docker's are: who has just spoken to a container that had the address before still finds it.
 * https://github.com/moby/moby/blob/v24.0.7/libnetwork/netutils/utils.go
 */
const hardwareAddress = (address: string): string =>
  ["02:42", ...address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"))].join(
    ":",
  );

const inNetwork = (network: TaskNetwork) => `nsenter --net=${namespacePath(network)}`;

/** The networks of the instances that run, in the room, and the disks of all that there are. */
export class InstanceNetworks {
  readonly #room: Room;
  readonly #open = new Map<string, InstanceNetwork>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** The network of an instance that runs; undefined where it does not. */
  of(instanceId: string): InstanceNetwork | undefined {
    return this.#open.get(instanceId);
  }

  /** Whether an instance that runs has this address. */
  has(address: string): boolean {
    return [...this.#open.values()].some((network) => network.address === address);
  }

  /** Makes an instance's network. @throws Error with what the room said */
  async open(instanceId: string, address: string): Promise<void> {
    const network = new InstanceNetwork(instanceId, address);
    const enter = inNetwork(network.names);
    await this.#room.script(
      `${openNetworkScript(network.names, address)}${enter} sh -e <<'END'\n${SCRIPT}END\n${enter} nft -f - <<'END'\n${RULES}END\n`,
    );
    this.#open.set(instanceId, network);
  }

  /** Takes an instance's network away, if it has one. A room that has ended has taken it with it. */
  async close(instanceId: string): Promise<void> {
    const network = this.#open.get(instanceId);
    if (!network) return;
    this.#open.delete(instanceId);
    if (this.#room.pid !== undefined) await this.#room.script(dropNetworkScript(network.names));
  }

  /** Takes away what the tasks of all instances but these have written to their disks. */
  async sweep(kept: readonly string[]): Promise<void> {
    if (this.#room.pid === undefined) return;
    await this.#room.script(`
cd ${INSTANCES} 2>/dev/null || exit 0
for each in *; do
  case " ${kept.join(" ")} " in *" $each "*) ;; *) rm -rf "$each" ;; esac
done
`);
  }

  /** After the room was made anew, nothing is left of any. */
  forget(): void {
    this.#open.clear();
  }
}
