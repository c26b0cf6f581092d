import { defineChecks } from "@workbook/lab-kit/check";
import { requestsAreLogged } from "@workbook/lab-kit/checks/access-logs";
import { closedToOthers } from "@workbook/lab-kit/checks/closed-to-others";
import { answersGreeting } from "@workbook/lab-kit/checks/greeting";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";
import { hasListener } from "@workbook/lab-kit/checks/listener";
import { hasLoadBalancer } from "./checks/load-balancer.ts";
import { admitsOnlyTheWayIn } from "@workbook/lab-kit/checks/security-groups";
import { hasService } from "@workbook/lab-kit/checks/service";
import { servicesAreSteady } from "@workbook/lab-kit/checks/services-steady";
import { severalTasksAnswer } from "@workbook/lab-kit/checks/several-tasks";
import { targetsAreHealthy } from "@workbook/lab-kit/checks/targets-healthy";
import { NODE_APP } from "@workbook/lab-kit/web-app";

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
