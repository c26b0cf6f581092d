import { defineChecks } from "@workbook/lab-kit/check";
import { hasExecutionRole } from "@workbook/lab-kit/checks/execution-role";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";
import { everyTaskLogs } from "./checks/lines-per-task.ts";
import { servicesAreSteady } from "@workbook/lab-kit/checks/services-steady";
import { hasTaskDefinition } from "@workbook/lab-kit/checks/task-definition";
import { hasLogs } from "@workbook/lab-kit/checks/task-logs";
import { NODE_APP } from "@workbook/lab-kit/web-app";

/** What is written; what Terraform would do; which revision runs, and what it says. */
export const checks = defineChecks([
  hasTaskDefinition("task", NODE_APP),
  hasExecutionRole("execution-role", NODE_APP),
  hasLogs("logs", NODE_APP),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("service-steady", [NODE_APP]),
  everyTaskLogs("task-lines", NODE_APP),
]);
