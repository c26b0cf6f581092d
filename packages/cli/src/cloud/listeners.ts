/** A listener as `/_local/endpoints` tells of it. */
export interface EffectiveListener {
  readonly loadBalancerArn: string;
  readonly dnsName: string;
  readonly port: number;
  /** Where it is reached on this machine; empty while it cannot be. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Why it is not where its port says. */
  readonly problem?: string;
}

/** Where the listeners of all load balancers are really reached, a load balancer's in the order of their ports. */
export async function effectiveListeners(endpoint: string): Promise<readonly EffectiveListener[]> {
  const response = await fetch(`${endpoint}/_local/endpoints`);
  const { listeners } = (await response.json()) as { listeners: readonly EffectiveListener[] };
  return listeners.toSorted(
    (one, other) => one.dnsName.localeCompare(other.dnsName) || one.port - other.port,
  );
}

/** The URL of a listener on this machine. */
export function listenerUrl({ addresses }: EffectiveListener): string | undefined {
  const address = addresses[0];
  if (!address) return undefined;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return address.port === 80 ? `http://${host}/` : `http://${host}:${address.port}/`;
}

/** In the place of a URL that there is none of. */
export const NOT_REACHABLE = ["not reachable", "到達できません"] as const;
