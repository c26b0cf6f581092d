import { both, text } from "@workbook/toolchain";
import {
  blocksOf,
  type Check,
  type CheckResult,
  covers,
  defineCheck,
  describeRule,
  failed,
  hint,
  type IngressRule,
  ingressRulesOf,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";

/** Which security group a check is about. */
export interface NamedGroup {
  /** Its name without the owner, e.g. `alb`. */
  readonly name: string;
  /** The TCP port it is about. */
  readonly port: number;
  /** The name, without the owner, of the one group that it admits; left out, it admits the home address. */
  readonly from?: string;
}

const RULES = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html";
const RULES_JA = "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html";

function faultsFor(group: NamedGroup) {
  return { ...groupHints(group), ...ingressHints(group) };
}

function groupHints({ name }: NamedGroup) {
  return {
    missing: hint(
      [
        `Who decides what may connect to ${name}?`,
        `${name} に誰が接続できるかは、どこで決まりますか。`,
      ],
      [
        `A SecurityGroup of the VPC, called ${name}-<OWNER>: ${RULES}`,
        `VPC の ${name}-<OWNER> という名前の SecurityGroup です: ${RULES_JA}`,
      ],
      `new SecurityGroup(this, "…", { name: settings.named("${name}"), description: "…", vpcId: vpc.id });`,
    ),
    "no-egress": hint(
      [
        "What may leave? Terraform takes away the rule that AWS gives a new group.",
        "外へ出られるのは何ですか。Terraform は、AWS が新しいグループに付けるルールを外します。",
      ],
      [
        `Let everything out with a VpcSecurityGroupEgressRule: ${RULES}`,
        `VpcSecurityGroupEgressRule ですべて出られるようにします: ${RULES_JA}`,
      ],
      `new VpcSecurityGroupEgressRule(this, "…", { securityGroupId: …, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });`,
    ),
  };
}

function ingressHints({ port, from }: NamedGroup) {
  const source =
    from === undefined ? "cidrIpv4: settings.homeCidr" : "referencedSecurityGroupId: alb.id";
  const rule = `new VpcSecurityGroupIngressRule(this, "…", { securityGroupId: …, ipProtocol: "tcp", fromPort: ${port}, toPort: ${port}, ${source} });`;
  return {
    closed: hint(
      [`What may connect to port ${port}?`, `ポート ${port} に接続できるのは何ですか。`],
      [
        `A group without ingress rules admits nothing. Use VpcSecurityGroupIngressRule: ${RULES}`,
        `インバウンドルールのないセキュリティグループは何も通しません。VpcSecurityGroupIngressRule を使います: ${RULES_JA}`,
      ],
      rule,
    ),
    open: hint(
      [`Who else may connect?`, `ほかに誰が接続できますか。`],
      from === undefined
        ? [
            "In this course only your own address may: settings.homeCidr.",
            "この講座で接続できるのは自分のアドレス (settings.homeCidr) だけです。",
          ]
        : [
            "Name the load balancer's security group as the source, not addresses.",
            "送信元には IP アドレスではなく、ALB のセキュリティグループを指定します。",
          ],
      `${source},`,
    ),
    "wrong-source": hint(
      [
        "The port is right. Whose group does the rule name as the source?",
        "ポートは合っています。ルールの送信元は、どちらのセキュリティグループになっていますか。",
      ],
      [
        `The source is who connects, not who is connected to: ${RULES}`,
        `送信元に書くのは接続する側で、接続される側ではありません: ${RULES_JA}`,
      ],
      `${source},`,
    ),
  };
}

type Fault = keyof ReturnType<typeof faultsFor>;

/** A security group by its name: whom it admits on one port, nobody else, and everything may leave. */
export function hasNamedGroup(id: string, wanted: NamedGroup): Check<"synth"> {
  const who =
    wanted.from === undefined ? ["you", "自分"] : ["the load balancer", "ロードバランサー"];
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `Security group ${wanted.name}: ${who[0]} on ${wanted.port}, nobody else`,
      `セキュリティグループ ${wanted.name}: ポート ${wanted.port} に接続できるのは${who[1]}だけ`,
    ]),
    faults: faultsFor(wanted),
    run: (context) => examine(context, wanted),
  });
}

function examine(context: SynthContext, wanted: NamedGroup): CheckResult<Fault> {
  const { port, from } = wanted;
  const name = `${wanted.name}-${context.owner}`;
  const group = groupCalled(context, name);
  const source = from === undefined ? undefined : groupCalled(context, `${from}-${context.owner}`);
  const whom = from === undefined ? context.homeCidr : `${from}-${context.owner}`;
  const inVpc = group && context.synth.referredToBy(group, group.attributes["vpc_id"]);
  if (group === undefined || inVpc?.[0]?.type !== "aws_vpc") return notFound(context, name);
  const rules = ingressRulesOf(context, group);
  const actual = both`${["it admits", "許可しているもの:"]} ${listed(rules.map(describeRule))}`;
  return walk<Fault>(`${group.address} "${name}"`, [
    {
      fault: "closed",
      expected: [`it admits ${whom} on ${port}`, `${whom} からポート ${port} への接続を許可する`],
      actual,
      holds: rules.some((rule) => covers(rule, port)),
    },
    {
      fault: "open",
      expected: [
        `it admits nothing but ${whom} on ${port}`,
        `${whom} からポート ${port} への接続のほかは許可しない`,
      ],
      actual,
      holds: rules.every(
        (rule) =>
          namesAnotherGroup(rule, port, source) || admitsOnly(rule, port, source, context.homeCidr),
      ),
    },
    {
      fault: "wrong-source",
      expected: [`the source is ${whom}`, `送信元が ${whom} である`],
      actual,
      holds: !rules.some((rule) => namesAnotherGroup(rule, port, source)),
    },
    {
      fault: "no-egress",
      expected: [
        "everything may leave it, to 0.0.0.0/0",
        "0.0.0.0/0 へのすべてのアウトバウンドを許可する",
      ],
      actual: both`${["everything may go to", "すべて許可している宛先:"]} ${listed(egressOf(context, group))}`,
      holds: egressOf(context, group).includes("0.0.0.0/0"),
    },
  ]);
}

function notFound({ synth }: SynthContext, name: string): CheckResult<Fault> {
  const groups = synth.all("aws_security_group");
  const names = groups.map(({ attributes }) => String(attributes["name"]));
  return failed(
    "missing",
    [`a security group "${name}" of the VPC`, `VPC にセキュリティグループ "${name}" がある`],
    both`${["groups", "セキュリティグループ"]}: ${listed(names)}`,
  );
}

function groupCalled({ synth }: SynthContext, name: string): SynthResource | undefined {
  return synth.all("aws_security_group").find(({ attributes }) => attributes["name"] === name);
}

/** Whether a rule for the port names groups of the stack, no addresses, and not only the right group. */
function namesAnotherGroup(
  { fromPort, toPort, cidrs, groups }: IngressRule,
  port: number,
  source: SynthResource | undefined,
): boolean {
  return (
    fromPort === port &&
    toPort === port &&
    cidrs.length === 0 &&
    groups.some((group) => group !== source)
  );
}

function admitsOnly(
  rule: IngressRule,
  port: number,
  source: SynthResource | undefined,
  homeCidr: string,
): boolean {
  if (rule.fromPort !== port || rule.toPort !== port) return false;
  if (source !== undefined)
    return (
      rule.cidrs.length === 0 &&
      rule.groups.length > 0 &&
      rule.groups.every((group) => group === source)
    );
  // A rule that names neither addresses nor groups names a prefix list.
  const { cidrs, groups } = rule;
  return groups.length === 0 && cidrs.length > 0 && cidrs.every((cidr) => cidr === homeCidr);
}

/** Where everything may go to, whatever the protocol; Terraform has three ways to write it. */
function egressOf({ synth }: SynthContext, group: SynthResource): readonly string[] {
  const modern = synth
    .referringTo(group, "aws_vpc_security_group_egress_rule", "security_group_id")
    .map(({ attributes }) => [attributes["ip_protocol"], attributes["cidr_ipv4"]]);
  const older = synth
    .referringTo(group, "aws_security_group_rule", "security_group_id")
    .filter(({ attributes }) => attributes["type"] === "egress")
    .map(({ attributes }) => [attributes["protocol"], attributes["cidr_blocks"]]);
  const inline = blocksOf(group.attributes, "egress").map((block) => [
    block["protocol"],
    block["cidr_blocks"],
  ]);
  return [...modern, ...older, ...inline]
    .filter(([protocol]) => String(protocol) === "-1")
    .flatMap(([, cidrs]) => [cidrs ?? []].flat().map(String));
}
