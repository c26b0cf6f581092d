import type { Elbv2Handlers } from "./handlers.ts";
import { page } from "./pages.ts";

/** Quotas that a new account has. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const LIMITS: readonly (readonly [name: string, max: number])[] = [
  ["application-load-balancers", 50],
  ["target-groups", 3000],
  ["targets-per-application-load-balancer", 1000],
  ["listeners-per-application-load-balancer", 50],
  ["rules-per-application-load-balancer", 100],
  ["target-groups-per-action-on-application-load-balancer", 5],
  ["target-groups-per-application-load-balancer", 100],
  ["targets-per-target-group", 1000],
  ["condition-values-per-alb-rule", 5],
  ["condition-wildcards-per-alb-rule", 5],
  ["certificates-per-application-load-balancer", 25],
];

const TLS13_CIPHERS = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
];
const TLS12_CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
];

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const SSL_POLICIES: readonly { name: string; protocols: string[]; ciphers: string[] }[] = [
  {
    name: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    protocols: ["TLSv1.3", "TLSv1.2"],
    ciphers: [
      ...TLS13_CIPHERS,
      ...TLS12_CIPHERS,
      "ECDHE-ECDSA-AES128-SHA256",
      "ECDHE-RSA-AES128-SHA256",
      "ECDHE-ECDSA-AES256-SHA384",
      "ECDHE-RSA-AES256-SHA384",
    ],
  },
  {
    name: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    protocols: ["TLSv1.3", "TLSv1.2"],
    ciphers: [...TLS13_CIPHERS, ...TLS12_CIPHERS],
  },
  { name: "ELBSecurityPolicy-TLS13-1-3-2021-06", protocols: ["TLSv1.3"], ciphers: TLS13_CIPHERS },
];

export const referenceHandlers: Elbv2Handlers = {
  DescribeAccountLimits(input) {
    const { items, NextMarker } = page(LIMITS, input, "limits", ([name]) => name);
    return { Limits: items.map(([Name, max]) => ({ Name, Max: String(max) })), NextMarker };
  },

  DescribeSSLPolicies(input) {
    const { Names, LoadBalancerType } = input;
    const policies = SSL_POLICIES.filter(({ name }) => !Names?.length || Names.includes(name));
    const offered = LoadBalancerType === undefined || LoadBalancerType !== "gateway";
    const wanted = offered ? policies : [];
    const { items, NextMarker } = page(wanted, input, "ssl-policies", ({ name }) => name);
    return {
      NextMarker,
      SslPolicies: items.map(({ name, protocols, ciphers }) => ({
        Name: name,
        SslProtocols: protocols,
        Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
        SupportedLoadBalancerTypes: ["application", "network"],
      })),
    };
  },
};
