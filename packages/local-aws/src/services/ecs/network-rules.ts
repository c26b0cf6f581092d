import type { ContainerDefinition, PortMapping } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html */
const PORT_NAME = /^[a-z0-9_][a-z0-9_-]{0,63}$/;
const MOST_PORTS_IN_RANGE = 100;

/**
 * Checks what a network mode goes with, and that no two containers want one port.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
 * @throws AwsError `ClientException`
 */
export function checkNetwork(containers: readonly ContainerDefinition[], mode: string): void {
  const names = new Set(containers.map(({ name }) => name));
  for (const container of containers) {
    checkMode(container, mode);
    for (const link of container.links ?? [])
      if (!names.has(link.split(":")[0]))
        throw clientException(SAID.linkUnknown({ container: container.name!, link }));
    for (const mapping of container.portMappings ?? []) checkMapping(container, mapping, mode);
  }
  checkConflicts(
    containers.flatMap(({ portMappings }) => portMappings ?? []),
    mode,
  );
}

function checkMode(container: ContainerDefinition, mode: string): void {
  if (mode === "bridge") return;
  if (container.links?.length) throw clientException(SAID.linksWithMode({ mode }));
  if (mode !== "awsvpc") return;
  const wrong = (
    [
      ["hostname is", container.hostname],
      ["DNS servers are", container.dnsServers?.length],
      ["DNS search domains are", container.dnsSearchDomains?.length],
      ["Extra hosts are", container.extraHosts?.length],
      ["Disable Networking is", container.disableNetworking],
    ] as const
  ).find(([, value]) => value);
  if (wrong) throw clientException(SAID.unsupportedAwsvpc({ what: wrong[0] }));
}

const isPort = (port: number, least: number) => port >= least && port <= 65_535;

function checkMapping(
  { name: container = "" }: ContainerDefinition,
  { containerPort, hostPort, containerPortRange: range, name, appProtocol }: PortMapping,
  mode: string,
): void {
  if (range === undefined) {
    if (containerPort === undefined || !isPort(containerPort, 1))
      throw clientException(SAID.containerPort({ container }));
    if (hostPort !== undefined && !isPort(hostPort, 0))
      throw clientException(SAID.hostPort({ container }));
    if (mode !== "bridge" && hostPort && hostPort !== containerPort)
      throw clientException(SAID.hostPortMismatch({ mode }));
  } else if (containerPort !== undefined || hostPort) {
    throw clientException(SAID.portAndRange({ container }));
  } else if (!isRange(range) || mode === "host") {
    throw clientException(SAID.portRange({ container }));
  }
  // An application protocol is said of a name that Service Connect finds the port by.
  if ((name !== undefined && !PORT_NAME.test(name)) || (appProtocol && name === undefined))
    throw clientException(SAID.portName({ container }));
}

function isRange(range: string): boolean {
  const [, first, last] = (/^(\d{1,5})-(\d{1,5})$/.exec(range) ?? []).map(Number);
  if (first === undefined || last === undefined) return false;
  return isPort(first, 1) && isPort(last, first + 1) && last - first < MOST_PORTS_IN_RANGE;
}

/** The first and the last port of a container that a mapping speaks of: a range was checked when it was registered. */
export function portsOf({
  containerPort = 0,
  containerPortRange,
}: Pick<PortMapping, "containerPort" | "containerPortRange">): [number, number] {
  const [first = containerPort, last = first] = containerPortRange?.split("-").map(Number) ?? [];
  return [first, last];
}

/** Ports that two mappings ask for: in mode bridge those of the host, of which those that are given out freely are none. */
function checkConflicts(mappings: readonly PortMapping[], mode: string): void {
  const taken = new Set<string>();
  const names = new Set<string>();
  for (const { hostPort, containerPort, containerPortRange, protocol = "tcp", name } of mappings) {
    const [first, last] =
      mode === "bridge"
        ? portsOf({ containerPort: hostPort })
        : portsOf({ containerPort, containerPortRange });
    for (let port = first || Infinity; port <= last; port++) {
      const key = `${port}/${protocol}`;
      if (taken.has(key))
        throw clientException(
          mode === "bridge"
            ? SAID.hostPortTwice({ port, protocol })
            : SAID.portTwice({ port, protocol: protocol.toUpperCase(), mode }),
        );
      taken.add(key);
    }
    if (name !== undefined && names.has(name)) throw clientException(SAID.portNameTwice({ name }));
    if (name !== undefined) names.add(name);
  }
}
