import type { Words } from "@workbook/toolchain";
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

/** Why a listener is not where its port says, as Local AWS words it, and what that is in Japanese. */
const PROBLEMS: readonly (readonly [sign: RegExp, ja: string])[] = [
  [
    /^port (\d+) is taken by (.+): end it, or start the cloud with listeners "offset" \(port (\d+)\); the port is tried again until it is free$/,
    'ポート $1 は $2 が使っています。それを終了するか、リスナーを "offset" (ポート $3) にしてクラウドを起動してください。空くまで再試行します',
  ],
  [/^port (\d+) cannot be bound: (\S+)$/, "ポート $1 を使えません: $2"],
  [
    /^port (\d+) has no offset: there is no port (\d+)$/,
    "ポート $1 はずらせません。ポート $2 は存在しません",
  ],
];

/** Why a listener is not where its port says. */
export function describeProblem(problem: string): Words {
  for (const [sign, ja] of PROBLEMS)
    if (sign.test(problem)) return [problem, problem.replace(sign, ja)];
  return problem;
}
