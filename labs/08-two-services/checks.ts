import { defineChecks } from "@workbook/lab-kit/check";
import { requestsAreLogged } from "@workbook/lab-kit/checks/access-logs";
import { closedToOthers } from "@workbook/lab-kit/checks/closed-to-others";
import { hasExecutionRole } from "@workbook/lab-kit/checks/execution-role";
import { answersGreeting } from "@workbook/lab-kit/checks/greeting";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";
import { hasListener } from "@workbook/lab-kit/checks/listener";
import { hasRepository } from "@workbook/lab-kit/checks/repository";
import { admitsOnlyTheWayIn } from "@workbook/lab-kit/checks/security-groups";
import { hasService } from "@workbook/lab-kit/checks/service";
import { servicesAreSteady } from "@workbook/lab-kit/checks/services-steady";
import { severalTasksAnswer } from "@workbook/lab-kit/checks/several-tasks";
import { targetsAreHealthy } from "@workbook/lab-kit/checks/targets-healthy";
import { hasTaskDefinition } from "@workbook/lab-kit/checks/task-definition";
import { hasLogs } from "@workbook/lab-kit/checks/task-logs";
import { GO_APP, NODE_APP } from "@workbook/lab-kit/web-app";

/** In the order in which a learner writes the parts; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  hasRepository("go-repository", GO_APP),
  hasTaskDefinition("go-task", GO_APP),
  hasExecutionRole("go-execution-role", GO_APP),
  hasLogs("go-logs", GO_APP),
  admitsOnlyTheWayIn("go-security-groups", GO_APP),
  hasListener("go-listener", GO_APP),
  hasService("go-service", GO_APP),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP, GO_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP, GO_APP]),
  answersGreeting("node-greeting", NODE_APP),
  answersGreeting("go-greeting", GO_APP),
  severalTasksAnswer("several-tasks", [NODE_APP, GO_APP]),
  requestsAreLogged("access-logs", [NODE_APP, GO_APP]),
  closedToOthers("alb-closed", [NODE_APP, GO_APP]),
]);
