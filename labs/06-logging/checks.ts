import {
  defineChecks,
  hasExecutionRole,
  hasLogs,
  hasTaskDefinition,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
} from "@workbook/lab-kit";
import { everyTaskLogs } from "./checks/lines-per-task.ts";

/** What is written; what Terraform would do; which revision runs, and what it says. */
export const checks = defineChecks([
  hasTaskDefinition("task", NODE_APP),
  hasExecutionRole("execution-role", NODE_APP),
  hasLogs("logs", NODE_APP),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("service-steady", [NODE_APP]),
  everyTaskLogs("task-lines", NODE_APP),
]);
