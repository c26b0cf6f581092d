import {
  type Interface,
  mayReachInternet,
  mayReachService,
  mayResolveNames,
  type Verdict,
} from "@workbook/local-aws/reachability";

import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import { awslogsOf } from "../read/read-logs.ts";
import type { Subject } from "../subject.ts";
import { taskInterfaces } from "./interfaces.ts";
import { type Denial, evidenceOf, inJapanese } from "./verdict-words.ts";

const IDS: Readonly<Record<Denial["code"], FindingId>> = {
  UnknownNetworkInterface: "network-no-route",
  SecurityGroupEgress: "task-egress",
  SecurityGroupIngress: "endpoint-ingress",
  NetworkAcl: "network-acl",
  NoRoute: "network-no-route",
  Blackhole: "network-blackhole",
  NoPublicAddress: "network-no-public-address",
  NatGatewayNotAvailable: "network-nat-gone",
  NatGatewayWithoutInternet: "network-nat-placement",
  DnsDisabled: "network-dns",
  EndpointNotAvailable: "endpoint-unavailable",
};

/** What keeps tasks from that which they need before they start: the registry, its layers, the logs. */
export function wayOut(deployed: Deployed, subject: Subject): Cause[] {
  const causes = new Map<string, Cause>();
  for (const eni of taskInterfaces(deployed.network, subject)) {
    const denial = firstDenial(deployed, subject, eni);
    if (denial === undefined || isPending(denial)) continue;
    const cause = toCause(deployed, subject, denial);
    const key = `${cause.id} ${denial.resourceIds.join()}`;
    if (!causes.has(key)) causes.set(key, cause);
  }
  // Two subnets of one table are told once: the first sentence names one of them.
  const byId = Map.groupBy(causes.values(), ({ id }) => id);
  return Array.from(byId.values(), ([first]) => first!);
}

/** What is still being made is not a fault. */
const isPending = ({ reason }: Denial) => /\bpending\b/.test(reason);

function firstDenial(deployed: Deployed, subject: Subject, eni: Interface): Denial | undefined {
  const { network } = deployed;
  for (const service of servicesNeeded(deployed, subject)) {
    const verdict: Verdict =
      service === "internet"
        ? firstOf(mayResolveNames(network, eni), () => mayReachInternet(network, eni))
        : mayReachService(network, eni, service);
    if (!verdict.allowed) return verdict;
  }
  return undefined;
}

const firstOf = (first: Verdict, second: () => Verdict) => (first.allowed ? second() : first);

function servicesNeeded({ images }: Deployed, { definition }: Subject): string[] {
  const containers = definition.containerDefinitions ?? [];
  const kinds = containers.map(({ image = "" }) => images.get(image)?.found);
  const usesEcr = kinds.some((found) => found !== undefined && found !== "public");
  return [
    ...(usesEcr ? ["ecr.api", "ecr.dkr", "s3"] : []),
    ...(kinds.includes("public") ? ["internet"] : []),
    ...(containers.some((container) => awslogsOf(container)) ? ["logs"] : []),
  ];
}

function toCause({ network }: Deployed, { name }: Subject, denial: Denial): Cause {
  const usesEndpoints = network.vpcEndpoints.length > 0;
  const isMissing = denial.code === "NoRoute" && usesEndpoints;
  return {
    id: isMissing ? "endpoint-missing" : IDS[denial.code],
    subject: name,
    cause: [
      `New tasks of ${name} cannot start: ${denial.reason}`,
      `${name} の新しいタスクは起動できません。${inJapanese(denial)}`,
    ],
    evidence: evidenceOf(network, denial),
  };
}

/** Subnets without an address left, where tasks wait for one. */
export function fullSubnets({ network }: Deployed, subject: Subject): Cause[] {
  if (subject.isSteady && !subject.isRolledBack) return [];
  const full = network.subnets.filter(
    ({ SubnetId = "", AvailableIpAddressCount }) =>
      subject.network.subnets.includes(SubnetId) && AvailableIpAddressCount === 0,
  );
  if (full.length === 0) return [];
  const names = full.map(({ SubnetId, CidrBlock }) => `${SubnetId} (${CidrBlock})`).join(", ");
  return [
    {
      id: "subnet-full",
      subject: subject.name,
      cause: [
        `No address is left for tasks of ${subject.name} in ${names}.`,
        `サブネット ${names} に、${subject.name} のタスクに割り当てられる IP アドレスが残っていません。`,
      ],
      evidence: full.map(({ SubnetId }) => ({
        call: `ec2 describe-subnets --subnet-ids ${SubnetId}`,
        value: "AvailableIpAddressCount 0",
      })),
    },
  ];
}
