import { both, list, text, type Words } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { covers, describeRule, ingressRulesOf } from "./ingress-rules.ts";
import type { IngressRule } from "./ingress-rules.ts";
import { securityGroupHints } from "./security-groups-hints.ts";
import { listed, servicesOf } from "./wiring.ts";

type Fault = keyof ReturnType<typeof securityGroupHints>;

/** You may reach the load balancer on an app's port, and nobody else; the load balancer may reach the tasks, and nobody else. */
export function admitsOnlyTheWayIn(id: string, app: ServedApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(
      listenerPort(app) === app.port
        ? [
            `Security groups: you to the load balancer, it to the tasks, on ${app.port}`,
            `セキュリティグループ: 自分から ALB、ALB からタスク (ポート ${app.port})`,
          ]
        : [
            `Security groups: you to the load balancer on ${listenerPort(app)}, it to the tasks on ${app.port}`,
            `セキュリティグループ: 自分から ALB (ポート ${listenerPort(app)})、ALB からタスク (ポート ${app.port})`,
          ],
    ),
    faults: securityGroupHints(app),
    run(context) {
      const groups = balancerGroups(context);
      if (groups.length === 0) {
        return failed(
          "no-load-balancer",
          [
            "a load balancer with a security group",
            "セキュリティグループの付いたロードバランサーがある",
          ],
          ["there is none", "ありません"],
        );
      }
      const outside = examineBalancer(context, app, groups);
      if (!outside.passed) return outside;
      const inside = examineTasks(context, app, groups);
      if (!inside.passed) return inside;
      return passed(
        both`${outside.expected}; ${inside.expected}`,
        both`${outside.actual}; ${inside.actual}`,
      );
    },
  });
}

function balancerGroups(context: SynthContext): readonly SynthResource[] {
  const balancers = context.synth.all("aws_lb");
  return balancers.flatMap((balancer) =>
    context.synth
      .referredToBy(balancer, balancer.attributes["security_groups"])
      .filter(({ type }) => type === "aws_security_group"),
  );
}

function examineBalancer(
  context: SynthContext,
  app: ServedApp,
  groups: readonly SynthResource[],
): CheckResult<Fault> {
  const rules = groups.flatMap((group) => ingressRulesOf(context, group));
  const port = listenerPort(app);
  const onPort = rules.filter((rule) => covers(rule, port));
  const expected = [
    `the load balancer admits ${context.homeCidr} on ${port} and nobody else`,
    `ロードバランサーは、ポート ${port} への接続を ${context.homeCidr} からだけ許可する`,
  ] as const;
  const actual = both`${["it admits", "許可しているもの:"]} ${listed(rules.map(describeRule))}`;
  if (onPort.length === 0) return failed("alb-closed", expected, actual);
  const isOnlyHome = onPort.every(
    ({ cidrs, groups: sources }) =>
      sources.length === 0 && cidrs.length > 0 && cidrs.every((cidr) => cidr === context.homeCidr),
  );
  return isOnlyHome ? passed(expected, actual) : failed("alb-open", expected, actual);
}

/**
 * The tasks' groups are those that their service gives them. Before there is a service, they are those that are no load
 * balancer's and admit the port, whoever from.
 */
function examineTasks(
  context: SynthContext,
  app: ServedApp,
  balancerGroups: readonly SynthResource[],
): CheckResult<Fault> {
  const expected = [
    `the tasks' group admits the load balancer's group on ${app.port} and nobody else`,
    `タスクのセキュリティグループは、ポート ${app.port} への接続をロードバランサーのグループからだけ許可する`,
  ] as const;
  const others = context.synth
    .all("aws_security_group")
    .filter((group) => !balancerGroups.includes(group))
    .map((group) => ({
      group,
      rules: ingressRulesOf(context, group).filter((rule) => covers(rule, app.port)),
    }))
    .filter(({ rules }) => rules.length > 0);
  const services = servicesOf(context, app);
  const attached = services.flatMap((service) => groupsOfTasks(context, service));
  const admitting =
    services.length === 0 ? others : others.filter(({ group }) => attached.includes(group));
  const actual = listed(admitting.map(describeAdmission));
  if (admitting.some(({ rules }) => rules.some((rule) => !isFromOnly(rule, balancerGroups)))) {
    return failed("tasks-open", expected, actual);
  }
  if (admitting.length > 0) return passed(expected, actual);
  if (others.length === 0) {
    return failed("tasks-closed", expected, [
      `no other security group admits anything on ${app.port}`,
      `ポート ${app.port} への接続を許可するセキュリティグループがほかにありません`,
    ]);
  }
  const found = listed(others.map(describeAdmission));
  const had = listed(attached.map(({ address }) => address));
  return failed("tasks-elsewhere", expected, [
    `${found.en}, but the service's tasks have ${had.en}`,
    `${found.ja}。しかしサービスのタスクに付いているのは ${had.ja} です`,
  ]);
}

/** The security groups that a service gives its tasks. */
function groupsOfTasks(context: SynthContext, service: SynthResource): readonly SynthResource[] {
  const [network = {}] = blocksOf(service.attributes, "network_configuration");
  return context.synth
    .referredToBy(service, network["security_groups"])
    .filter(({ type }) => type === "aws_security_group");
}

function describeAdmission({
  group,
  rules,
}: {
  readonly group: SynthResource;
  readonly rules: readonly IngressRule[];
}): Words {
  const admitted = list(rules.map(describeRule));
  return [
    `${group.address} admits ${admitted.en}`,
    `${group.address} が許可しているもの: ${admitted.ja}`,
  ];
}

function isFromOnly(rule: IngressRule, groups: readonly SynthResource[]): boolean {
  return (
    rule.cidrs.length === 0 &&
    rule.groups.length > 0 &&
    rule.groups.every((group) => groups.includes(group))
  );
}
