import {
  listeners,
  loadBalancers,
  targetRegistrations,
  type LoadBalancer,
} from "../../services/elbv2/state.ts";
import { usersOf } from "../../services/elbv2/target-groups.ts";
import type { Scope, Store } from "../../store/store.ts";
import type { LoadBalancerNeeds } from "./needs.ts";
import { clientAccess, routeTo } from "./routes.ts";

/** Who reaches whom, and where not, why: in words for a learner. */
export type AccessFact =
  | {
      readonly from: "home";
      readonly loadBalancerArn: string;
      readonly listenerArn: string;
      readonly port: number;
      readonly open: boolean;
      readonly why?: string;
    }
  | {
      readonly from: "load-balancer";
      readonly loadBalancerArn: string;
      readonly targetGroupArn: string;
      readonly id: string;
      readonly port: number;
      readonly open: boolean;
      readonly why?: string;
    };

/** From this machine to every listener, and from every load balancer to each of its targets. */
export function describeAccess(
  store: Store,
  homeAddress: string,
  needs: Pick<LoadBalancerNeeds, "endpoint">,
): AccessFact[] {
  return store.all(loadBalancers).flatMap((collection) => {
    const { account, region } = collection.place;
    const scope = store.scope(account, region);
    return collection
      .values()
      .flatMap((balancer) => [
        ...fromHome(scope, balancer, homeAddress),
        ...toTargets(scope, balancer, needs),
      ]);
  });
}

function fromHome(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  homeAddress: string,
): AccessFact[] {
  return scope
    .of(listeners)
    .filter(({ loadBalancerArn }) => loadBalancerArn === balancer.arn)
    .map(({ arn, port }) => ({
      from: "home",
      loadBalancerArn: balancer.arn,
      listenerArn: arn,
      port,
      ...clientAccess(scope, balancer, port, homeAddress),
    }));
}

function toTargets(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  needs: Pick<LoadBalancerNeeds, "endpoint">,
): AccessFact[] {
  return scope
    .of(targetRegistrations)
    .filter(({ targetGroupArn }) => usersOf(scope, targetGroupArn).includes(balancer.arn))
    .map((registration) => {
      const { targetGroupArn, id, port } = registration;
      const { route, why } = routeTo(scope, balancer, registration, port, needs);
      const open = typeof route !== "string";
      return {
        from: "load-balancer",
        loadBalancerArn: balancer.arn,
        targetGroupArn,
        id,
        port,
        open,
        ...(why !== undefined && { why }),
      };
    });
}
