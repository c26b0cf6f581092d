import {
  type Check,
  type CheckResult,
  covers,
  defineCheck,
  describeRule,
  failed,
  hint,
  ingressRulesOf,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { instancesOf } from "./instances.ts";
import { APPS, ecsPage, EPHEMERAL, HOST } from "./modes.ts";

const PORT_FAULTS = {
  "no-instances": hint(
    ["Which machines do the ports belong to?", "このポートは、どのマシンのものですか。"],
    ["Write the instances first.", "先にインスタンスを書きます。"],
    'const template = new LaunchTemplate(this, "instances", { … });',
  ),
  "alb-closed": hint(
    [
      "Three new listeners. On which ports may you connect to the load balancer?",
      "リスナーが 3 つ増えました。ALB のどのポートに接続できますか。",
    ],
    [
      "Its security group admits your address, port by port: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
      "セキュリティグループで、自分のアドレスをポートごとに許可します: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html",
    ],
    "port: [80, 8080, 8081, 8082, 8083],",
  ),
  open: hint(
    ["Who may connect to the instances?", "インスタンスに接続できるのは誰ですか。"],
    [
      "The load balancer alone: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
      "ALB だけです: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html",
    ],
    "sourceGroupIds: [albSecurityGroup.id],",
  ),
  "ephemeral-closed": hint(
    [
      "In mode bridge nobody has said which port of the instance leads to the container. Who chooses it, and out of which?",
      "bridge モードでは、コンテナにつながるインスタンスのポートを誰も指定していません。誰が、どの範囲から選びますか。",
    ],
    both`${["Docker does, out of 32768 to 60999:", "Docker が 32768〜60999 から選びます:"]} ${ecsPage("networking-networkmode-bridge")}`,
    "port: [3000, { from: 32768, to: 60999 }],",
  ),
  "host-closed": hint(
    [
      "On which port of the instance does a task in mode host listen?",
      "host モードのタスクは、インスタンスのどのポートで待ち受けますか。",
    ],
    both`${["On its own, for it has no network but the instance's:", "コンテナ自身のポートです。ネットワークがインスタンスのものだからです:"]} ${ecsPage("networking-networkmode-host")}`,
    "port: [3000, { from: 32768, to: 60999 }],",
  ),
};

/** The load balancer may connect to the ports that Docker chooses on instances, and to that of tasks in mode host; nobody else may. */
export function admitsThePorts(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The load balancer reaches the ports of tasks on instances",
      "ALB がインスタンス上のタスクのポートに届く",
    ]),
    faults: PORT_FAULTS,
    run: examinePorts,
  });
}

function examinePorts(context: SynthContext): CheckResult<keyof typeof PORT_FAULTS> {
  const { synth } = context;
  const template = instancesOf(context)?.template;
  const groupsOf = (owner: SynthResource, value: unknown) =>
    synth.referredToBy(owner, value).filter(({ type }) => type === "aws_security_group");
  const groups = template ? groupsOf(template, template.attributes["vpc_security_group_ids"]) : [];
  if (template === undefined || groups.length === 0)
    return failed(
      "no-instances",
      [
        "a launch template with a security group",
        "セキュリティグループの付いた起動テンプレートがある",
      ],
      ["there is none", "ありません"],
    );
  const balancers = synth
    .all("aws_lb")
    .flatMap((lb) => groupsOf(lb, lb.attributes["security_groups"]));
  return walk(groups[0]!.address, portSteps(context, groups, balancers));
}

function portSteps(
  context: SynthContext,
  groups: readonly SynthResource[],
  balancers: readonly SynthResource[],
) {
  const rules = groups.flatMap((group) => ingressRulesOf(context, group));
  const ofBalancer = balancers.flatMap((group) => ingressRulesOf(context, group));
  const listeners = APPS.map(({ listener = 0 }) => listener);
  const actual = both`${["it admits", "許可しているもの:"]} ${listed(rules.map(describeRule))}`;
  const admits = (from: number, to: number) =>
    rules.some((rule) => covers(rule, from) && covers(rule, to));
  return [
    {
      fault: "alb-closed",
      expected: both`${["the load balancer is open to you on", "ALB で自分に開いているポート:"]} ${listed(listeners.map(String))}`,
      actual: both`${["it admits", "許可しているもの:"]} ${listed(ofBalancer.map(describeRule))}`,
      holds: listeners.every((port) =>
        ofBalancer.some((rule) => covers(rule, port) && rule.cidrs.includes(context.homeCidr)),
      ),
    },
    {
      fault: "open",
      expected: [
        "the instances admit the load balancer's group and nobody else",
        "インスタンスは ALB のセキュリティグループからの接続だけを許可する",
      ],
      actual,
      holds: rules.every(
        ({ cidrs, groups: sources }) =>
          cidrs.length === 0 && sources.every((source) => balancers.includes(source)),
      ),
    },
    {
      fault: "ephemeral-closed",
      expected: both`${PORTS} ${EPHEMERAL.from}–${EPHEMERAL.to}`,
      actual,
      holds: admits(EPHEMERAL.from, EPHEMERAL.to),
    },
    {
      fault: "host-closed",
      expected: both`${PORTS} ${HOST.port}`,
      actual,
      holds: admits(HOST.port, HOST.port),
    },
  ] as const;
}

const PORTS = ["open for the load balancer: ports", "ALB に開いているポート:"] as const;
