import { privateDomain } from "../../../ground/private-domain.ts";
import type { TaskSpec } from "../driver.ts";
import { readArn } from "../../../ground/arn.ts";

/** The name that an ENI has in its VPC, which is the task's as well. */
export function taskHostName({ privateIpAddress, taskArn, taskId }: TaskSpec): string {
  if (!privateIpAddress) return taskId.slice(0, 12);
  const { region } = readArn(taskArn);
  return `ip-${privateIpAddress.replaceAll(".", "-")}.${privateDomain(region)}`;
}

/** `/etc/hosts` of a task. */
export function hostsFile(hostName: string, address: string | undefined): string {
  const own = address === undefined ? "" : `${address} ${hostName}\n`;
  return `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${own}`;
}

/** `/etc/resolv.conf` of a task: the resolver of its VPC. */
export function nameServers(address: string | undefined, region: string): string {
  return address === undefined ? "" : `search ${privateDomain(region)}\nnameserver ${address}\n`;
}
