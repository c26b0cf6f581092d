import {
  defineChecks,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { contractByParameters } from "./checks/contract.ts";
import { statesHoldTheirOwn } from "./checks/held.ts";
import { dataAlone, networkAlone, parametersAlone } from "./checks/parts.ts";
import { statesOfTheirOwn } from "./checks/states.ts";

/** What is in which stack, where their states are, and what they tell each other; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  networkAlone("network"),
  dataAlone("data"),
  parametersAlone("parameters"),
  statesOfTheirOwn("states"),
  contractByParameters("contract"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP]),
  statesHoldTheirOwn("states-hold"),
]);
