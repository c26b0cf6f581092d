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

/** Whom a request is for, and why it is for nobody. */
interface Meant {
  readonly subjects: readonly Subject[];
  readonly causes: readonly Cause[];
}

/** Which services a request is for, and what keeps it from all of them. */
export function ofRequest(
  deployed: Deployed,
  { dnsName, port, path, host = dnsName }: RequestQuestion,
): Meant {
  const { balancers } = deployed;
  const balancer = balancers.balancers.find(
    ({ DNSName }) => DNSName?.toLowerCase() === dnsName.toLowerCase(),
  );
  const subject = `http://${host}:${port}${path}`;
  if (balancer === undefined) {
    const known = balancers.balancers.map(({ DNSName }) => DNSName).join(", ") || "none";
    return forNobody({
      id: "load-balancer-missing",
      subject,
      cause: [
        `No load balancer here is called ${dnsName}.`,
        `${dnsName} という名前のロードバランサーはありません。`,
      ],
      evidence: [{ call: "elbv2 describe-load-balancers", value: known }],
    });
  }
  const own = balancers.listeners.filter(
    ({ listener }) => listener.LoadBalancerArn === balancer.LoadBalancerArn,
  );
  const state = own.find(({ listener }) => listener.Port === port);
  if (state === undefined) {
    const ports = own.map(({ listener }) => listener.Port).join(", ") || "-";
    return forNobody({
      id: "listener-missing",
      subject,
      cause: [
        `Load balancer ${balancer.LoadBalancerName} has no listener on port ${port}; it listens on ${ports}.`,
        `ロードバランサー ${balancer.LoadBalancerName} のポート ${port} にリスナーがありません。リスナーのあるポート: ${ports}。`,
      ],
      evidence: [{ call: "elbv2 describe-listeners", value: ports }],
    });
  }
  return ofTaken(deployed, subject, port, takenBy(state, { host, path }));
}

const forNobody = (cause: Cause): Meant => ({ subjects: [], causes: [cause] });

/** Which services the rule leads to that takes a request to a port. */
function ofTaken(
  deployed: Deployed,
  subject: string,
  port: number,
  taken: ReturnType<typeof takenBy>,
): Meant {
  const { subjects } = deployed;
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
  return forNobody({
    id: arns.length > 0 ? "listener-target-group" : "listener-fixed-response",
    subject,
    cause: [
      `The listener on ${port} takes this request by rule ${by} (${type} ${names(arns)}), which leads to no service.`,
      `ポート ${port} のリスナーはこのリクエストをルール ${by} (${type} ${names(arns)}) で処理し、どのサービスにも届きません。`,
    ],
    evidence: [
      { call: `elbv2 describe-rules (port ${port})`, value: `${by}: ${type} ${names(arns)}` },
    ],
  });
}

const names = (arns: readonly string[]) => arns.map((arn) => arn.split("/").at(-2)).join(", ");
