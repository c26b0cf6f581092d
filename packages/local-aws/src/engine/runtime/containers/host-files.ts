import { privateDomain } from "../../../ground/private-domain.ts";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { readArn } from "../../../ground/arn.ts";
import { BRIDGE_ADDRESS } from "./instance-networks.ts";

/** What Docker takes for the instance's own address on its bridge. https://docs.docker.com/reference/cli/docker/container/run/#add-host */
export const HOST_GATEWAY = "host-gateway";

/** The name that an ENI has in its VPC, which is the task's as well. */
export function taskHostName({ privateIpAddress, taskArn, taskId }: TaskSpec): string {
  if (!privateIpAddress) return taskId.slice(0, 12);
  const { region } = readArn(taskArn);
  return `ip-${privateIpAddress.replaceAll(".", "-")}.${privateDomain(region)}`;
}

/** What a container's own files under `/etc` say of names. */
export interface NameFiles {
  readonly container: ContainerSpec;
  readonly hostName: string;
  /** Of a container of the task, in its network; undefined where it has none. */
  addressOf(container: string): string | undefined;
  /** The resolver of its VPC. */
  readonly nameServer: string | undefined;
  readonly region: string;
}

/** The files `hosts`, `hostname` and `resolv.conf`, with what the definition adds to them. */
export function nameFiles(names: NameFiles): Readonly<Record<string, string>> {
  return {
    hosts: hostsFile(names),
    hostname: `${names.hostName}\n`,
    "resolv.conf": resolverFile(names),
  };
}

/** Containers that are linked are found by their names. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
function hostsFile({ container: { name, definition }, hostName, addressOf }: NameFiles): string {
  const address = addressOf(name);
  const own = address === undefined ? "" : `${address} ${hostName}\n`;
  const links = (definition.links ?? []).map((link) => {
    const [other = "", alias = other] = link.split(":");
    return `${addressOf(other)} ${alias}\n`;
  });
  const extra = (definition.extraHosts ?? []).map(({ ipAddress, hostname }) => {
    const meant = ipAddress === HOST_GATEWAY ? BRIDGE_ADDRESS : ipAddress;
    return `${meant} ${hostname}\n`;
  });
  const loopback = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
  return [loopback, own, ...links, ...extra].join("");
}

function resolverFile({ container: { definition }, nameServer, region }: NameFiles): string {
  const { dnsServers = [], dnsSearchDomains = [] } = definition;
  const servers = dnsServers.length > 0 ? dnsServers : [nameServer ?? []].flat();
  const domains = dnsSearchDomains.length > 0 ? dnsSearchDomains : [privateDomain(region)];
  if (servers.length === 0) return "";
  return `search ${domains.join(" ")}\n${servers.map((it) => `nameserver ${it}\n`).join("")}`;
}
