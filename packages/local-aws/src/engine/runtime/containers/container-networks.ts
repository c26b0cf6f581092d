import { portsOf } from "../../../services/ecs/network-rules.ts";
import { CannotStartError } from "../../cannot-start-error.ts";
import type { ContainerSpec, PortBinding, TaskSpec } from "../driver.ts";
import { portTaken } from "../reasons.ts";
import type { InstanceNetwork, PublishedPort } from "./instance-networks.ts";
import {
  closedNetworkScript,
  dropNetworkScript,
  namespacePath,
  openNetworkScript,
  taskNetwork,
  type TaskNetwork,
} from "./task-network.ts";

/** The networks of one task's containers: one for all of them, the instance's, or one each on Docker's bridge. */
export interface ContainerNetworks {
  /** Makes them. */
  readonly openScript: string;
  /** Takes away what {@link openScript} made, as far as that came. */
  readonly closeScript: string;
  /** The network namespace of a container. */
  pathOf(container: string): string;
  bindings(container: ContainerSpec): readonly PortBinding[];
  /** The address of a container in its network; undefined where it has none. */
  addressOf(container: string): string | undefined;
  /** Gives back what was taken of the instance. */
  close(): void;
}

const dropScript = (network: TaskNetwork) =>
  `if [ -e ${namespacePath(network)} ]; then ${dropNetworkScript(network)}fi\n`;

/**
 * The networks that a task's mode asks for.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
 * @param instance whose tasks it is; undefined on Fargate
 * @throws CannotStartError where a port of the instance is taken
 */
export function containerNetworks(
  spec: TaskSpec,
  instance: InstanceNetwork | undefined,
): ContainerNetworks {
  if (spec.networkMode === "bridge" && instance) return new BridgeNetworks(spec, instance);
  if (spec.networkMode === "host" && instance) return hostNetworks(instance);
  return ownNetwork(spec);
}

const samePorts = ({ definition }: ContainerSpec): PortBinding[] =>
  (definition.portMappings ?? []).flatMap(({ containerPort, protocol = "tcp" }) =>
    containerPort === undefined
      ? []
      : [{ containerPort, hostPort: containerPort, protocol, bindIP: "0.0.0.0" }],
  );

/** The task's own: with the address of its interface, or with nothing but a loopback. */
function ownNetwork({ taskId, privateIpAddress: address }: TaskSpec): ContainerNetworks {
  const network = taskNetwork(taskId);
  return {
    openScript:
      address === undefined ? closedNetworkScript(network) : openNetworkScript(network, address),
    closeScript: dropScript(network),
    pathOf: () => namespacePath(network),
    bindings: (container) => (address === undefined ? [] : samePorts(container)),
    addressOf: () => address,
    close: () => {},
  };
}

/** Mode host: the instance's network is the containers' too. */
function hostNetworks(instance: InstanceNetwork): ContainerNetworks {
  return {
    openScript: "",
    closeScript: "",
    pathOf: () => namespacePath(instance.names),
    bindings: samePorts,
    addressOf: () => instance.address,
    close: () => {},
  };
}

interface Bridged {
  readonly network: TaskNetwork;
  readonly address: string;
  readonly ports: readonly PublishedPort[];
  readonly bindings: readonly PortBinding[];
}

/** Mode bridge: a network for each container, whose ports are reached by ports of the instance. */
class BridgeNetworks implements ContainerNetworks {
  readonly #instance: InstanceNetwork;
  readonly #containers = new Map<string, Bridged>();

  constructor({ taskId, containers }: TaskSpec, instance: InstanceNetwork) {
    this.#instance = instance;
    try {
      for (const [index, container] of containers.entries()) {
        const network = {
          namespace: `task-${taskId}-${index}`,
          link: `veth${taskId.slice(0, 9)}${index}`,
        };
        const address = instance.takeAddress();
        const bridged = { network, address, ports: [], bindings: [] };
        this.#containers.set(container.name, bridged);
        this.#containers.set(container.name, { ...bridged, ...this.#takePorts(container) });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #takePorts({ name, definition }: ContainerSpec): Pick<Bridged, "ports" | "bindings"> {
    const ports: PublishedPort[] = [];
    const bindings: PortBinding[] = [];
    for (const mapping of definition.portMappings ?? []) {
      const { containerPortRange, hostPort = 0, protocol = "tcp" } = mapping;
      const [first, last] = portsOf(mapping);
      const taken =
        containerPortRange === undefined
          ? this.#instance.takePort(protocol, hostPort)
          : this.#instance.takeRow(protocol, last - first + 1);
      if (taken === undefined) {
        for (const each of ports) this.#instance.freePort(each.protocol, each.hostPort);
        throw new CannotStartError(portTaken(name, hostPort));
      }
      for (let port = first; port <= last; port++)
        ports.push({ protocol, containerPort: port, hostPort: taken + port - first });
      const at =
        containerPortRange === undefined
          ? { containerPort: first, hostPort: taken }
          : { containerPortRange, hostPortRange: `${taken}-${taken + last - first}` };
      bindings.push({ ...at, protocol, bindIP: "0.0.0.0" });
    }
    return { ports, bindings };
  }

  get openScript(): string {
    return this.#all
      .map(
        ({ network, address, ports }) =>
          this.#instance.attachScript(network, address) +
          this.#instance.publishScript(address, ports),
      )
      .join("");
  }

  /** An instance that ended first has taken its rules with it. */
  get closeScript(): string {
    const drop = this.#all.map(({ network }) => dropScript(network)).join("");
    const withdraw = this.#all
      .map(({ address, ports }) => this.#instance.withdrawScript(address, ports))
      .filter(Boolean)
      .map((line) => `${line.trimEnd()} 2>/dev/null || :\n`)
      .join("");
    return withdraw + drop;
  }

  get #all(): readonly Bridged[] {
    return [...this.#containers.values()];
  }

  pathOf(container: string): string {
    return namespacePath(this.#containers.get(container)!.network);
  }

  bindings({ name }: ContainerSpec): readonly PortBinding[] {
    return this.#containers.get(name)?.bindings ?? [];
  }

  addressOf(container: string): string | undefined {
    return this.#containers.get(container)?.address;
  }

  close(): void {
    for (const { address, ports } of this.#all) {
      this.#instance.freeAddress(address);
      for (const { protocol, hostPort } of ports) this.#instance.freePort(protocol, hostPort);
    }
    this.#containers.clear();
  }
}
