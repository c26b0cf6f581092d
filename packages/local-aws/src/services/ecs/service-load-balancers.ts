import type { LoadBalancer } from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { listeners, rules, targetGroups, type Action } from "../elbv2/state.ts";
import { unsupported } from "../kit/faults.ts";
import { invalidParameter } from "./faults.ts";
import { toAdvanced } from "./rollouts/advanced.ts";
import type { EcsService, TaskDefinition } from "./state.ts";
import { TEXTS } from "./texts.ts";

/**
 * A service's target groups, checked against the task definition and the load balancers.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html
 * @throws AwsError `InvalidParameterException` in AWS's words
 */
export function toLoadBalancers(
  scope: Scope,
  definition: TaskDefinition,
  given: readonly LoadBalancer[] | undefined,
): EcsService["loadBalancers"] {
  return (given ?? []).map((wanted) => {
    const { targetGroupArn, containerName = "", containerPort = 0 } = wanted;
    if (wanted.loadBalancerName)
      throw definition.requiresCompatibilities?.includes("FARGATE")
        ? invalidParameter(TEXTS.classicLoadBalancer())
        : unsupported("Classic Load Balancers (loadBalancerName)");
    if (!targetGroupArn) throw invalidParameter(TEXTS.targetGroupMissing());
    checkContainer(definition, containerName, containerPort);
    const { advancedConfiguration } = wanted;
    const advanced =
      advancedConfiguration && toAdvanced(scope, targetGroupArn, advancedConfiguration);
    for (const arn of [targetGroupArn, ...(advanced ? [advanced.alternateTargetGroupArn] : [])])
      checkTargetGroup(scope, definition, arn);
    return { targetGroupArn, containerName, containerPort, ...(advanced && { advanced }) };
  });
}

function checkContainer(definition: TaskDefinition, name: string, port: number): void {
  const container = definition.containerDefinitions.find((it) => it.name === name);
  if (!container) throw invalidParameter(TEXTS.containerNotInDefinition({ container: name }));
  if (!container.portMappings?.some(({ containerPort }) => containerPort === port))
    throw invalidParameter(TEXTS.portNotInDefinition({ container: name, port }));
}

function checkTargetGroup(scope: Scope, definition: TaskDefinition, arn: string): void {
  const group = scope.of(targetGroups).get(arn);
  if (!group) throw invalidParameter(TEXTS.targetGroupNotFound({ arn }));
  const fits = definition.networkMode === "awsvpc" ? "ip" : "instance";
  if (group.targetType !== fits)
    throw invalidParameter(
      TEXTS.targetGroupInstance({ arn, type: group.targetType, mode: definition.networkMode }),
    );
  if (!isForwardedTo(scope, arn)) throw invalidParameter(TEXTS.targetGroupNoLoadBalancer({ arn }));
}

/** Whether a listener or rule forwards to the target group: only then does it belong to a load balancer. */
function isForwardedTo(scope: Scope, arn: string): boolean {
  const forwards = (actions: readonly Action[]) =>
    actions.some((it) => targetsOf(it).includes(arn));
  return (
    scope.of(listeners).find(({ defaultActions }) => forwards(defaultActions)) !== undefined ||
    scope.of(rules).find(({ actions }) => forwards(actions)) !== undefined
  );
}

function targetsOf(action: Action): string[] {
  const { TargetGroupArn, ForwardConfig } = action as {
    TargetGroupArn?: string;
    ForwardConfig?: { TargetGroups?: readonly { TargetGroupArn?: string }[] };
  };
  return [
    TargetGroupArn,
    ...(ForwardConfig?.TargetGroups ?? []).map((it) => it.TargetGroupArn),
  ].filter((arn) => arn !== undefined);
}
