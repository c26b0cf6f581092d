import {
  defineChecks,
  hasService,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
} from "@workbook/lab-kit";
import { taskComesBack } from "./checks/task-comes-back.ts";
import { tasksSpreadOverZones } from "./checks/tasks-in-zones.ts";

/** What is written; what Terraform would do; what runs, and what happens when a task dies. */
export const checks = defineChecks([
  hasService("service", NODE_APP, { behindListener: false }),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("service-steady", [NODE_APP]),
  tasksSpreadOverZones("two-zones", NODE_APP),
  taskComesBack("task-comes-back", NODE_APP),
]);
