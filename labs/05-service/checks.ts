import { defineChecks } from "@workbook/lab-kit/check";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";
import { hasService } from "@workbook/lab-kit/checks/service";
import { servicesAreSteady } from "@workbook/lab-kit/checks/services-steady";
import { taskComesBack } from "./checks/task-comes-back.ts";
import { tasksSpreadOverZones } from "./checks/tasks-in-zones.ts";
import { NODE_APP } from "@workbook/lab-kit/web-app";

/** What is written; what Terraform would do; what runs, and what happens when a task dies. */
export const checks = defineChecks([
  hasService("service", NODE_APP, { behindListener: false }),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("service-steady", [NODE_APP]),
  tasksSpreadOverZones("two-zones", NODE_APP),
  taskComesBack("task-comes-back", NODE_APP),
]);
