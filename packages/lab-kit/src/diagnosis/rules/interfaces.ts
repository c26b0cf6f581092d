import type { NetworkInterface } from "@aws-sdk/client-ec2";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Interface } from "@workbook/local-aws/reachability";

import type { Deployed } from "../deployed.ts";
import type { NetworkState } from "../read/read-network.ts";
import type { Subject } from "../subject.ts";

/** An address for documentation: nobody's. https://www.rfc-editor.org/rfc/rfc5737 */
const NOBODY = "198.51.100.1";
/** AWS keeps the first four addresses of a subnet. */
const FIRST_FREE = 4;

/** The network interface that a task of the service would have, in each of its subnets. */
export function taskInterfaces(
  network: NetworkState,
  { name, network: own }: Subject,
): Interface[] {
  return own.subnets.flatMap((id): Interface[] => {
    const subnet = network.subnets.find(({ SubnetId }) => SubnetId === id);
    if (subnet?.CidrBlock === undefined) return [];
    return [
      {
        // Read in sentences: "lets tcp port 80 into a task of web".
        NetworkInterfaceId: `a task of ${name}`,
        SubnetId: id,
        VpcId: subnet.VpcId,
        PrivateIpAddress: addressIn(subnet.CidrBlock),
        Groups: groupsOf(network, own.securityGroups, subnet.VpcId).map((GroupId) => ({ GroupId })),
        ...(own.publicIp && { Association: { PublicIp: NOBODY } }),
      },
    ];
  });
}

/** Where a load balancer asks a task of a service: the interface, and the port there. */
export interface Reached {
  readonly interface: Interface;
  readonly port: number;
}

/**
 * Where a load balancer asks the tasks of a service: on interfaces of their own, or where the mode gives them none, on those of their
 * instances, at ports that are known when they run.
 */
export function reachedAt(
  { network, instances }: Pick<Deployed, "network" | "instances">,
  subject: Subject,
  containerPort: number,
): Reached[] {
  if (subject.definition.networkMode === "awsvpc")
    return taskInterfaces(network, subject).map((each) => ({
      interface: each,
      port: containerPort,
    }));
  return subject.running.flatMap(({ containerInstanceArn, containers = [] }) => {
    const host = instances.registered.find(
      (each) => each.containerInstanceArn === containerInstanceArn,
    )?.ec2InstanceId;
    const eni = network.networkInterfaces.find(
      ({ Attachment }) => host !== undefined && Attachment?.InstanceId === host,
    );
    const bound = containers
      .flatMap(({ networkBindings = [] }) => networkBindings)
      .find((each) => each.containerPort === containerPort)?.hostPort;
    return eni && bound !== undefined ? [{ interface: eni, port: bound }] : [];
  });
}

/** A service that names none has its VPC's default group. */
function groupsOf(
  { securityGroups }: NetworkState,
  named: readonly string[],
  vpcId: string | undefined,
): readonly string[] {
  if (named.length > 0) return named;
  return securityGroups
    .filter(({ VpcId, GroupName }) => VpcId === vpcId && GroupName === "default")
    .flatMap(({ GroupId }) => GroupId ?? []);
}

/** The first address that a subnet gives out. */
function addressIn(cidr: string): string {
  const [base = ""] = cidr.split("/");
  const octets = base.split(".");
  return [...octets.slice(0, 3), Number(octets[3]) + FIRST_FREE].join(".");
}

/** The network interfaces of a load balancer: one in each of its zones, once it is active. */
export function balancerInterfaces(
  { networkInterfaces }: NetworkState,
  { LoadBalancerArn = "" }: LoadBalancer,
): NetworkInterface[] {
  const description = `ELB ${LoadBalancerArn.split(":loadbalancer/").at(-1)}`;
  return networkInterfaces.filter(({ Description }) => Description === description);
}
