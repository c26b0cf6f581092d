import { defineChecks } from "@workbook/lab-kit/check";
import { runsOneOffTask } from "./checks/one-off-task.ts";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";
import { revisionIsActive } from "./checks/revision.ts";
import { hasTaskDefinition } from "@workbook/lab-kit/checks/task-definition";
import { NODE_APP } from "@workbook/lab-kit/web-app";

/** What the stack says, what Terraform would do, what ECS has registered, and what comes of it when it runs. */
export const checks = defineChecks([
  hasTaskDefinition("node-task", NODE_APP),
  keepsWhatIsThere("plan-keeps"),
  revisionIsActive("newest-revision", NODE_APP),
  runsOneOffTask("one-off-task", NODE_APP),
]);
