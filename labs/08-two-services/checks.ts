import { defineChecks } from "@workbook/lab-kit/check";
import { hasExecutionRole } from "@workbook/lab-kit/checks/execution-role";
import { hasListener } from "@workbook/lab-kit/checks/listener";
import { hasRepository } from "@workbook/lab-kit/checks/repository";
import { admitsOnlyTheWayIn } from "@workbook/lab-kit/checks/security-groups";
import { hasService } from "@workbook/lab-kit/checks/service";
import { hasTaskDefinition } from "@workbook/lab-kit/checks/task-definition";
import { hasLogs } from "@workbook/lab-kit/checks/task-logs";
import { GO_APP } from "@workbook/lab-kit/web-app";

/** In the order in which a learner writes the parts. */
export default defineChecks([
  hasRepository("go-repository", GO_APP),
  hasTaskDefinition("go-task", GO_APP),
  hasExecutionRole("go-execution-role", GO_APP),
  hasLogs("go-logs", GO_APP),
  admitsOnlyTheWayIn("go-security-groups", GO_APP),
  hasListener("go-listener", GO_APP),
  hasService("go-service", GO_APP),
]);
