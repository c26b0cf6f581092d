import type {
  AdvancedLoadBalancer,
  Deployment,
  ServiceLoadBalancer,
} from "../../../services/ecs/deployment.ts";

/** The two target groups of a load balancer while a deployment is under way. */
export interface Lane {
  readonly advanced: AdvancedLoadBalancer;
  /** The target group of the tasks that come. */
  readonly target: string;
  /** The target group of those that were there. */
  readonly other: string;
}

/**
 * The two target groups of each load balancer of a deployment, whose tasks are in one of them.
 * @param configured what the service says of its load balancers, for a deployment that was made before traffic was shifted
 */
export function lanesOf(
  { loadBalancers, targetGroups }: Deployment,
  configured: readonly ServiceLoadBalancer[] = loadBalancers,
): Lane[] {
  return loadBalancers.flatMap((balancer, index) => {
    const target = targetGroups?.[index] ?? balancer.targetGroupArn;
    const pair = [balancer, ...configured].find(
      ({ advanced, targetGroupArn }) =>
        advanced && [targetGroupArn, advanced.alternateTargetGroupArn].includes(target),
    );
    if (!pair?.advanced) return [];
    const { alternateTargetGroupArn } = pair.advanced;
    const other = target === pair.targetGroupArn ? alternateTargetGroupArn : pair.targetGroupArn;
    return [{ advanced: pair.advanced, target, other }];
  });
}
