import { list, text, type Text } from "@workbook/toolchain";
import type { SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";

/** Who may connect to which TCP ports of a security group's members; Terraform has three ways to write it. */
export interface IngressRule {
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrs: readonly string[];
  readonly groups: readonly SynthResource[];
}

/** The ingress rules of a security group, from rules of their own and from the group's own blocks. */
export function ingressRulesOf(
  context: SynthContext,
  group: SynthResource,
): readonly IngressRule[] {
  return rulesOf(context, group, "ingress");
}

/** Whether a security group lets its members connect to a TCP port of anybody. */
export function letsOut(context: SynthContext, group: SynthResource, port: number): boolean {
  return rulesOf(context, group, "egress").some(
    (rule) => covers(rule, port) && rule.cidrs.includes("0.0.0.0/0"),
  );
}

function rulesOf(
  context: SynthContext,
  group: SynthResource,
  direction: "ingress" | "egress",
): readonly IngressRule[] {
  const { synth } = context;
  const modern = synth
    .referringTo(group, `aws_vpc_security_group_${direction}_rule`, "security_group_id")
    .map((rule) => toRule(context, rule, rule.attributes));
  const older = synth
    .referringTo(group, "aws_security_group_rule", "security_group_id")
    .filter(({ attributes }) => attributes["type"] === direction)
    .map((rule) => toRule(context, rule, rule.attributes));
  const inline = blocksOf(group.attributes, direction).map((block) =>
    toRule(context, group, block),
  );
  return [...modern, ...older, ...inline];
}

/** Whether a rule lets something through to a port. */
export function covers(rule: IngressRule, port: number): boolean {
  return rule.fromPort <= port && port <= rule.toPort;
}

/** `80-80 from 203.0.113.7/32`, for people. */
export function describeRule({ fromPort, toPort, cidrs, groups }: IngressRule): Text {
  const ports = text(
    fromPort === toPort
      ? [`port ${fromPort}`, `ポート ${fromPort}`]
      : [`ports ${fromPort} to ${toPort}`, `ポート ${fromPort}〜${toPort}`],
  );
  const sources = [...cidrs, ...groups.map(({ address }) => address)];
  const from = sources.length === 0 ? text(["nobody", "なし"]) : list(sources);
  return text([`${ports.en} from ${from.en}`, `${from.ja} から${ports.ja}`]);
}

type Block = Readonly<Record<string, unknown>>;

function toRule(context: SynthContext, owner: SynthResource, block: Block): IngressRule {
  const isAll = String(block["ip_protocol"] ?? block["protocol"]) === "-1";
  const { groups, others } = sourcesOf(context, owner, block);
  return {
    fromPort: isAll ? 0 : Number(block["from_port"] ?? 0),
    toPort: isAll ? 65_535 : Number(block["to_port"] ?? 65_535),
    cidrs: others,
    groups,
  };
}

const GROUP_ARGUMENTS = [
  "referenced_security_group_id",
  "source_security_group_id",
  "security_groups",
];
const OTHER_ARGUMENTS = [
  "cidr_ipv4",
  "cidr_ipv6",
  "cidr_blocks",
  "ipv6_cidr_blocks",
  "prefix_list_id",
  "prefix_list_ids",
];

function sourcesOf(context: SynthContext, owner: SynthResource, block: Block) {
  const values = (names: readonly string[]) => names.flatMap((name) => block[name] ?? []);
  const groups = context.synth
    .referredToBy(owner, values(GROUP_ARGUMENTS))
    .filter(({ type }) => type === "aws_security_group");
  return { groups, others: values(OTHER_ARGUMENTS).map(String) };
}
