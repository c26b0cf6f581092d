import { defineChecks } from "@workbook/lab-kit/check";
import { hasCapacityProviders, hasCluster } from "./checks/cluster.ts";
import { clusterIsActive } from "./checks/cluster-active.ts";
import { keepsWhatIsThere } from "@workbook/lab-kit/checks/keeps-what-is-there";

/** In the order in which a learner writes the parts; then, what Terraform would do, and what ECS says. */
export const checks = defineChecks([
  hasCluster("cluster"),
  hasCapacityProviders("capacity-providers"),
  keepsWhatIsThere("plan-keeps"),
  clusterIsActive("cluster-active"),
]);
