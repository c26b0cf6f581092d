import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { Subject } from "../subject.ts";
import { forwardedTo, takenBy } from "./requests.ts";
import { expectedOf } from "./service.ts";

/** A request that somebody sends to a load balancer. */
export interface RequestQuestion {
  /** The load balancer's own name, or what stands for it. */
  readonly dnsName: string;
  readonly port: number;
  readonly path: string;
  /** What the request says as its `Host`, where that is another name. */
  readonly host?: string;
}

/** Which services a request is for, and what keeps it from all of them. */
export function ofRequest(
  deployed: Deployed,
  { dnsName, port, path, host = dnsName }: RequestQuestion,
): { readonly subjects: readonly Subject[]; readonly causes: readonly Cause[] } {
  const { balancers, subjects } = deployed;
  const balancer = balancers.balancers.find(
    ({ DNSName }) => DNSName?.toLowerCase() === dnsName.toLowerCase(),
  );
  const subject = `http://${host}:${port}${path}`;
  const own = balancers.listeners.filter(
    ({ listener }) => listener.LoadBalancerArn === balancer?.LoadBalancerArn,
  );
  if (balancer === undefined)
    return {
      subjects: [],
      causes: [
        {
          id: "load-balancer-missing",
          subject,
          cause: [
            `No load balancer here is called ${dnsName}.`,
            `${dnsName} という名前のロードバランサーはありません。`,
          ],
          evidence: [
            {
              call: "elbv2 describe-load-balancers",
              value: balancers.balancers.map(({ DNSName }) => DNSName).join(", ") || "none",
            },
          ],
        },
      ],
    };
  const state = own.find(({ listener }) => listener.Port === port);
  if (state === undefined) {
    const ports = own.map(({ listener }) => listener.Port).join(", ") || "-";
    return {
      subjects: [],
      causes: [
        {
          id: "listener-missing",
          subject,
          cause: [
            `Load balancer ${balancer.LoadBalancerName} has no listener on port ${port}; it listens on ${ports}.`,
            `ロードバランサー ${balancer.LoadBalancerName} のポート ${port} にリスナーがありません。リスナーのあるポート: ${ports}。`,
          ],
          evidence: [{ call: "elbv2 describe-listeners", value: ports }],
        },
      ],
    };
  }
  const taken = takenBy(state, { host, path });
  const arns = forwardedTo(taken?.action).map(({ arn }) => arn);
  const meant = subjects.filter(({ service }) =>
    service.loadBalancers?.some(({ targetGroupArn = "" }) => arns.includes(targetGroupArn)),
  );
  // Who answers is not who should: then it is the other who suffers.
  const rightful = subjects.filter((each) => expectedOf(deployed, each)?.port === port);
  if (meant.length > 0 && rightful.length > 0 && !meant.some((each) => rightful.includes(each)))
    return { subjects: rightful, causes: [] };
  if (meant.length > 0) return { subjects: meant, causes: [] };
  const type = taken?.action?.Type ?? "";
  const by = taken?.rule.IsDefault ? "default" : (taken?.rule.Priority ?? "");
  return {
    subjects: [],
    causes: [
      {
        id: arns.length > 0 ? "listener-target-group" : "listener-fixed-response",
        subject,
        cause: [
          `The listener on ${port} takes this request by rule ${by} (${type} ${names(arns)}), which leads to no service.`,
          `ポート ${port} のリスナーはこのリクエストをルール ${by} (${type} ${names(arns)}) で処理し、どのサービスにも届きません。`,
        ],
        evidence: [
          { call: `elbv2 describe-rules (port ${port})`, value: `${by}: ${type} ${names(arns)}` },
        ],
      },
    ],
  };
}

const names = (arns: readonly string[]) => arns.map((arn) => arn.split("/").at(-2)).join(", ");
