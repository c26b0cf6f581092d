import { defineChecks, hasTaskDefinition, keepsWhatIsThere, NODE_APP } from "@workbook/lab-kit";
import { runsOneOffTask } from "./checks/one-off-task.ts";
import { revisionIsActive } from "./checks/revision.ts";

/** What the stack says, what Terraform would do, what ECS has registered, and what comes of it when it runs. */
export const checks = defineChecks([
  hasTaskDefinition("node-task", NODE_APP),
  keepsWhatIsThere("plan-keeps"),
  revisionIsActive("newest-revision", NODE_APP),
  runsOneOffTask("one-off-task", NODE_APP),
]);
