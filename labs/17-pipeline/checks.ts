import { defineChecks, keepsWhatIsThere, NODE_APP, servicesAreSteady } from "@workbook/lab-kit";
import { goesBlueGreen } from "./checks/blue-green.ts";
import { buildspecDoes } from "./checks/buildspec.ts";
import { serviceIsGuarded } from "./checks/guard.ts";
import { pipelineIsOpen, runsWhatWasBuilt } from "./checks/live-pipeline.ts";
import { projectBuilds } from "./checks/project.ts";
import { rolesAreApart } from "./checks/roles.ts";
import { stagesInOrder } from "./checks/stages.ts";

/** What guards, builds, leads there, and as whom; then, what Terraform would do, and what really runs. */
export const checks = defineChecks([
  serviceIsGuarded("guard"),
  projectBuilds("project"),
  buildspecDoes("buildspec"),
  stagesInOrder("stages"),
  rolesAreApart("roles"),
  goesBlueGreen("blue-green"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP]),
  pipelineIsOpen("pipeline-open"),
  runsWhatWasBuilt("runs-what-was-built"),
]);
