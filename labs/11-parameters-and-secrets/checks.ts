import {
  defineChecks,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { executionRoleReads } from "./checks/execution-role.ts";
import { taskRoleLists } from "./checks/task-role.ts";
import { valueIsNowhereElse, valuesArrive } from "./checks/what-arrives.ts";
import {
  passwordFromSecret,
  settingFromParameter,
  valueStaysOut,
} from "./checks/where-values-are.ts";

/** Where the values are, then who may read them; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  settingFromParameter("setting"),
  passwordFromSecret("password"),
  valueStaysOut("value-stays-out"),
  executionRoleReads("execution-role"),
  taskRoleLists("task-role"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP]),
  valuesArrive("values-arrive"),
  valueIsNowhereElse("nowhere-else"),
]);
