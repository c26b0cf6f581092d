/** Where the first hop of every task is: a link-local address that nobody has, at a hardware address that every link has. */
const GATEWAY = "169.254.1.1";
const GATEWAY_MAC = "ee:ee:ee:ee:ee:ee";

/** Names of one task's network in the room. */
export interface TaskNetwork {
  /** The network namespace's name, which `ip` knows it by. */
  readonly namespace: string;
  /** The link's end on the router's side; interfaces have 15 letters at most. */
  readonly link: string;
}

export function taskNetwork(taskId: string): TaskNetwork {
  return { namespace: `task-${taskId}`, link: `eni${taskId.slice(0, 12)}` };
}

export const namespacePath = ({ namespace }: TaskNetwork): string => `/run/netns/${namespace}`;

/** Words of Local AWS: AWS keeps VPCs apart. */
const sameAddress = (address: string, whose: string) =>
  `${address} is ${whose} address in another VPC, and VPCs of Local AWS share one router`;

/** A script that makes a task's network: its address on `eth0` as a network of one, and the router as the way to all others. */
export function openNetworkScript({ namespace, link }: TaskNetwork, address: string): string {
  return `
ip netns add ${namespace}
if ip route show table local ${address} | grep -q .; then echo "${sameAddress(address, "a load balancer's or a resolver's")}" >&2; exit 1; fi
ip -batch - <<END || { ip route show ${address} | grep -q . && echo "${sameAddress(address, "a running task's")}" >&2; exit 1; }
link add ${link} address ${GATEWAY_MAC} type veth peer name eth0 netns ${namespace}
link set ${link} up
route add ${address}/32 dev ${link}
END
ip -n ${namespace} -batch - <<END
link set lo up
link set eth0 up
addr add ${address}/32 dev eth0
neigh add ${GATEWAY} lladdr ${GATEWAY_MAC} dev eth0 nud permanent
route add ${GATEWAY} dev eth0 scope link
route add default via ${GATEWAY} dev eth0
END
`;
}

/** A network with its loopback alone: mode `none`, and tasks without an interface. */
export function closedNetworkScript({ namespace }: TaskNetwork): string {
  return `ip netns add ${namespace}\nip -n ${namespace} link set lo up\n`;
}

/**
 * Takes the network away. The link goes first, where the router has it: the kernel ends a namespace in its own time, and until
 * then a route would lead to the address, which the next task may have.
 */
export const dropNetworkScript = ({ namespace, link }: TaskNetwork): string =>
  `if ip link show ${link} >/dev/null 2>&1; then ip link del ${link}; fi\nip netns del ${namespace}\n`;
