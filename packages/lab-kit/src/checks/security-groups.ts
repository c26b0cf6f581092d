import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { hint, text } from "../hint.ts";
import type { SynthResource } from "../synth-reader.ts";
import type { WebApp } from "../web-app.ts";
import { covers, describeRule, ingressRulesOf } from "./ingress-rules.ts";
import type { IngressRule } from "./ingress-rules.ts";
import { listed } from "./wiring.ts";

function faultsFor(app: WebApp) {
  const { port, container } = app;
  return {
    "no-load-balancer": hint(
      ["What do requests from outside arrive at?", "外からのリクエストは最初にどこへ届きますか。"],
      [
        "An Application Load Balancer with a security group.",
        "セキュリティグループの付いた ALB です。",
      ],
      `new LoadBalancer(this, "alb", …)`,
    ),
    "alb-closed": hint(
      [
        `May you connect to port ${port} of the load balancer? Look at its security group.`,
        `ALB のポート ${port} に接続できますか。ALB のセキュリティグループを見てください。`,
      ],
      [
        "A listener alone is not enough, the load balancer's group has to let you in: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
        "リスナーだけでは足りません。ALB のセキュリティグループで許可します: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
      ],
      `new VpcSecurityGroupIngressRule(this, "…", { securityGroupId: this.albSecurityGroup.id, ipProtocol: "tcp", fromPort: ${port}, toPort: ${port}, cidrIpv4: settings.homeCidr });`,
    ),
    "alb-open": hint(
      ["Who else may connect to the load balancer?", "ほかに誰が ALB に接続できますか。"],
      [
        "In this course the load balancer is for your own address only: settings.homeCidr.",
        "この講座では、ALB に接続できるのは自分のアドレス (settings.homeCidr) だけにします。",
      ],
      "cidrIpv4: settings.homeCidr,",
    ),
    "tasks-closed": hint(
      [
        `May the load balancer connect to port ${port} of the tasks?`,
        `ALB はタスクのポート ${port} に接続できますか。`,
      ],
      [
        `The tasks' group admits the load balancer's group on the container port: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html`,
        `タスクのセキュリティグループで、ALB のセキュリティグループからコンテナポートへの接続を許可します: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html`,
      ],
      `new VpcSecurityGroupIngressRule(this, "…", { securityGroupId: tasks.id, ipProtocol: "tcp", fromPort: ${port}, toPort: ${port}, referencedSecurityGroupId: this.albSecurityGroup.id });`,
    ),
    "tasks-open": hint(
      [
        `Who but the load balancer could reach the tasks of ${container}?`,
        `ALB 以外の誰が ${container} のタスクに届きますか。`,
      ],
      [
        "Name the load balancer's security group as the source, not addresses.",
        "送信元には IP アドレスではなく、ALB のセキュリティグループを指定します。",
      ],
      "referencedSecurityGroupId: this.albSecurityGroup.id,",
    ),
  };
}

type Fault = keyof ReturnType<typeof faultsFor>;

/** You may reach the load balancer on an app's port, and nobody else; the load balancer may reach the tasks, and nobody else. */
export function admitsOnlyTheWayIn(id: string, app: WebApp): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `Security groups: you to the load balancer, it to the tasks, on ${app.port}`,
      `セキュリティグループ: 自分から ALB、ALB からタスク (ポート ${app.port})`,
    ]),
    faults: faultsFor(app),
    run(context) {
      const groups = balancerGroups(context);
      if (groups.length === 0) {
        return failed("no-load-balancer", "a load balancer with a security group", "there is none");
      }
      const outside = examineBalancer(context, app, groups);
      if (!outside.passed) return outside;
      const inside = examineTasks(context, app, groups);
      if (!inside.passed) return inside;
      return passed(
        `${outside.expected}; ${inside.expected}`,
        `${outside.actual}; ${inside.actual}`,
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
  app: WebApp,
  groups: readonly SynthResource[],
): CheckResult<Fault> {
  const rules = groups.flatMap((group) => ingressRulesOf(context, group));
  const onPort = rules.filter((rule) => covers(rule, app.port));
  const expected = `the load balancer admits ${context.homeCidr} on ${app.port} and nobody else`;
  const actual = `it admits ${listed(rules.map(describeRule))}`;
  if (onPort.length === 0) return failed("alb-closed", expected, actual);
  const isOnlyHome = onPort.every(
    ({ cidrs, groups: sources }) =>
      sources.length === 0 && cidrs.length > 0 && cidrs.every((cidr) => cidr === context.homeCidr),
  );
  return isOnlyHome ? passed(expected, actual) : failed("alb-open", expected, actual);
}

/** The tasks' groups are those that are no load balancer's and admit the port, whoever from. */
function examineTasks(
  context: SynthContext,
  app: WebApp,
  groups: readonly SynthResource[],
): CheckResult<Fault> {
  const expected = `the tasks' group admits the load balancer's group on ${app.port} and nobody else`;
  const candidates = context.synth
    .all("aws_security_group")
    .filter((group) => !groups.includes(group))
    .map((group) => ({
      group,
      rules: ingressRulesOf(context, group).filter((rule) => covers(rule, app.port)),
    }));
  const admitting = candidates.filter(({ rules }) => rules.length > 0);
  const actual = listed(
    admitting.map(
      ({ group, rules }) => `${group.address} admits ${rules.map(describeRule).join(", ")}`,
    ),
  );
  if (admitting.some(({ rules }) => rules.some((rule) => !isFromOnly(rule, groups)))) {
    return failed("tasks-open", expected, actual);
  }
  return admitting.length > 0
    ? passed(expected, actual)
    : failed("tasks-closed", expected, `no other security group admits anything on ${app.port}`);
}

function isFromOnly(rule: IngressRule, groups: readonly SynthResource[]): boolean {
  return (
    rule.cidrs.length === 0 &&
    rule.groups.length > 0 &&
    rule.groups.every((group) => groups.includes(group))
  );
}
