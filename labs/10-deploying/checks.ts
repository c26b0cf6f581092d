import {
  answersGreeting,
  defineChecks,
  GO_APP,
  keepsWhatIsThere,
  NODE_APP,
} from "@workbook/lab-kit";
import { codeDeployDeploys } from "./checks/codedeploy.ts";
import { ecspressoReadsState } from "./checks/ecspresso.ts";
import { guardsDeployments } from "./checks/guards.ts";
import {
  brokenGoesBack,
  canaryIsDeployed,
  revisionsSideBySide,
} from "./checks/live-deployments.ts";
import { ownersAreSaid } from "./checks/owners.ts";

/** What takes a deployment back, who deploys and what each of them owns; then, what Terraform would do, and real deployments under load. */
export const checks = defineChecks([
  guardsDeployments("guards", [NODE_APP, GO_APP]),
  ecspressoReadsState("node-ecspresso", NODE_APP),
  ecspressoReadsState("go-ecspresso", GO_APP),
  codeDeployDeploys("codedeploy"),
  ownersAreSaid("owners"),
  keepsWhatIsThere("plan-keeps"),
  answersGreeting("node-greeting", NODE_APP),
  revisionsSideBySide("side-by-side", NODE_APP),
  brokenGoesBack("broken-goes-back", GO_APP),
  canaryIsDeployed("canary-deployed"),
]);
