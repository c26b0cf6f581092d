import type { AdvancedConfiguration } from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { actionTargetGroups } from "../../elbv2/actions.ts";
import { rules } from "../../elbv2/state.ts";
import { invalidParameter } from "../faults.ts";
import type { AdvancedLoadBalancer } from "../deployment.ts";
import type { EcsService } from "../state.ts";
import { ROLLOUT_TEXTS as SAID } from "./texts.ts";

/**
 * What a load balancer of a service needs beside its target group where deployments shift traffic.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html
 * @throws AwsError `InvalidParameterException` in AWS's words
 */
export function toAdvanced(
  scope: Scope,
  targetGroupArn: string,
  given: AdvancedConfiguration,
): AdvancedLoadBalancer {
  const { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn } = given;
  if (!alternateTargetGroupArn) throw blank("alternateTargetGroupArn");
  if (!productionListenerRule) throw blank("productionListenerRule");
  if (!roleArn) throw blank("roleArn");
  if (alternateTargetGroupArn === targetGroupArn)
    throw invalidParameter(SAID.duplicateTargetGroup({ arn: targetGroupArn }));
  checkRule(scope, "productionListenerRule", productionListenerRule);
  if (testListenerRule) checkRule(scope, "testListenerRule", testListenerRule);
  if (testListenerRule === productionListenerRule)
    throw invalidParameter(SAID.sameRules({ arn: productionListenerRule }));
  const forwarded = actionTargetGroups(scope.of(rules).get(productionListenerRule)!.actions);
  const hasBoth = [targetGroupArn, alternateTargetGroupArn].every((arn) => forwarded.includes(arn));
  if (!testListenerRule && !hasBoth) throw invalidParameter(SAID.testRuleMissing());
  return { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn };
}

const blank = (member: string) => invalidParameter(SAID.advancedMember({ member }));

function checkRule(scope: Scope, member: string, arn: string): void {
  if (!arn.includes(":listener-rule/"))
    throw invalidParameter(SAID.ruleArnInvalid({ member, arn }));
  if (!scope.of(rules).has(arn)) throw invalidParameter(SAID.ruleMissing({ arn }));
}

type Checked = Pick<EcsService, "deploymentConfiguration" | "schedulingStrategy" | "loadBalancers">;

/** @throws AwsError where a strategy that shifts traffic does not know how, or target groups come twice */
export function checkStrategy({
  deploymentConfiguration: { strategy },
  schedulingStrategy,
  loadBalancers,
}: Checked): void {
  if (schedulingStrategy === "DAEMON" && strategy !== "ROLLING")
    throw invalidParameter(SAID.strategyScheduling({ strategy }));
  const advanced = loadBalancers.flatMap((it) => it.advanced ?? []);
  if (advanced.length > 0 && advanced.length < loadBalancers.length)
    throw invalidParameter(SAID.advancedMixed());
  if (strategy !== "ROLLING" && advanced.length < loadBalancers.length)
    throw invalidParameter(SAID.advancedMissing());
  if (advanced.length === 0) return;
  const groups = [
    ...loadBalancers.map(({ targetGroupArn }) => targetGroupArn),
    ...advanced.map(({ alternateTargetGroupArn }) => alternateTargetGroupArn),
  ];
  const twice = groups.find((arn, index) => groups.indexOf(arn) !== index);
  if (twice !== undefined) throw invalidParameter(SAID.duplicateTargetGroup({ arn: twice }));
}
