import {
  admitsOnlyTheWayIn,
  answersGreeting,
  closedToOthers,
  defineChecks,
  hasListener,
  hasService,
  keepsWhatIsThere,
  NODE_APP,
  requestsAreLogged,
  servicesAreSteady,
  severalTasksAnswer,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { hasLoadBalancer } from "./checks/load-balancer.ts";

/** From the outside in: the load balancer, its listener, the service; then, what runs and answers. */
export const checks = defineChecks([
  hasLoadBalancer("load-balancer"),
  admitsOnlyTheWayIn("security-groups", NODE_APP),
  hasListener("listener", NODE_APP),
  hasService("service", NODE_APP),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("service-steady", [NODE_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP]),
  answersGreeting("greeting", NODE_APP),
  severalTasksAnswer("several-tasks", [NODE_APP]),
  requestsAreLogged("access-logs", [NODE_APP]),
  closedToOthers("alb-closed", [NODE_APP]),
]);
