import { connectAws, disconnectAws, type Target } from "@workbook/lab-kit";

/** Where a listener of a load balancer is reached. */
export interface Address {
  /** `dns-name:port` */
  readonly name: string;
  readonly url: string | undefined;
  readonly problem: string | undefined;
}

/** The addresses of the load balancer of that DNS name, one for each listener; none where there is no such one. */
export async function findAddresses(target: Target, dnsName: unknown): Promise<Address[]> {
  const aws = await connectAws(target.connection);
  try {
    const { LoadBalancers = [] } = await aws.elbv2.describeLoadBalancers({});
    const found = LoadBalancers.find(({ DNSName }) => DNSName === dnsName);
    if (!found) return [];
    const LoadBalancerArn = found.LoadBalancerArn!;
    const { Listeners = [] } = await aws.elbv2.describeListeners({ LoadBalancerArn });
    const ports = Listeners.map(({ Port }) => Port!).toSorted((a, b) => a - b);
    return await Promise.all(
      ports.map(async (port) => {
        const at = await target.effectiveAddress?.(found.DNSName!, port);
        const { host, port: real } = at ?? { host: found.DNSName!, port };
        const url = real === 80 ? `http://${host}/` : `http://${host}:${real}/`;
        return { name: `${found.DNSName}:${port}`, url, problem: undefined };
      }),
    );
  } finally {
    disconnectAws(aws);
  }
}
