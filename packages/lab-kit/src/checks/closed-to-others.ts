import type { SecurityGroupRule } from "@aws-sdk/client-ec2";

import { both, text, type Words } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
import { hint } from "../hint.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { loadBalancerOf } from "./deployed.ts";
import { ruleLines } from "./rule-lines.ts";
import { listed } from "./wiring.ts";

function faultsFor(apps: readonly [ServedApp, ...ServedApp[]]) {
  // What was there before stays closed or open as it was: the newest app's rule is the one to look at.
  const { fromYou, youToBalancer } = ruleLines(apps.at(-1) ?? apps[0]);
  return {
    open: hint(
      [
        "Who in the world may connect to your load balancer now?",
        "いま、世界の誰があなたの ALB に接続できますか。",
      ],
      [
        "Only your own address should: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "自分のアドレスだけに絞ります: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html",
      ],
      fromYou,
    ),
    closed: hint(
      ["On which ports may you connect?", "あなたはどのポートに接続できますか。"],
      [
        "There is one rule for each listener's port.",
        "リスナーのポートごとにルールが 1 つ必要です。",
      ],
      youToBalancer,
    ),
  };
}

/** The load balancer's security groups, as they are on AWS, admit the learner's address on each port and nobody else. */
export function closedToOthers(
  id: string,
  apps: readonly [ServedApp, ...ServedApp[]],
): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The load balancer is open to your address only",
      "ALB に接続できるのは自分のアドレスだけである",
    ]),
    faults: faultsFor(apps),
    async run(context) {
      const { SecurityGroups: groups = [] } = await loadBalancerOf(context, apps[0]);
      const { SecurityGroupRules = [] } = await context.aws.ec2.describeSecurityGroupRules({
        Filters: [{ Name: "group-id", Values: groups }],
      });
      const rules = SecurityGroupRules.filter(({ IsEgress }) => IsEgress === false);
      const ports = apps.map(listenerPort);
      const named = listed(ports.map(String));
      const expected = [
        `ingress from ${context.homeCidr} on ${named.en}, and no other`,
        `インバウンドは ${context.homeCidr} からポート ${named.ja} への接続だけである`,
      ] as const;
      const actual = both`${["ingress", "インバウンド"]}: ${listed(rules.map(describeRule))}`;
      if (rules.some((rule) => rule.CidrIpv4 !== context.homeCidr))
        return failed("open", expected, actual);
      const missing = ports.filter((port) => !rules.some((rule) => admits(rule, port)));
      return missing.length === 0 ? passed(expected, actual) : failed("closed", expected, actual);
    },
  });
}

function admits(
  { IpProtocol, FromPort = -1, ToPort = -1 }: SecurityGroupRule,
  port: number,
): boolean {
  return IpProtocol === "-1" || (IpProtocol === "tcp" && FromPort <= port && port <= ToPort);
}

function describeRule(rule: SecurityGroupRule): Words {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } =
    rule;
  const source = CidrIpv4 ?? CidrIpv6 ?? PrefixListId ?? ReferencedGroupInfo?.GroupId;
  const ports = `${IpProtocol} ${FromPort}-${ToPort}`;
  return [`${ports} from ${source}`, `${ports} (送信元 ${source})`];
}
