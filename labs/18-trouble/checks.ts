import {
  answersGreeting,
  defineChecks,
  GO_APP,
  NODE_APP,
  servicesAreSteady,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { cases } from "./cases.ts";
import { allCasesAreMended, notesAreRight } from "./checks/notebook.ts";

/** What was written down of the case that is under way; then whether the shop behaves; at last, whether any case is left. */
export const checks = defineChecks([
  notesAreRight("notebook", cases),
  servicesAreSteady("services-steady", [NODE_APP, GO_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP, GO_APP]),
  answersGreeting("node-greeting", NODE_APP),
  answersGreeting("go-greeting", GO_APP),
  allCasesAreMended("all-cases", cases),
]);
