import { defineChecks, keepsWhatIsThere } from "@workbook/lab-kit";
import { hasCapacityProviders, hasCluster } from "./checks/cluster.ts";
import { clusterIsActive } from "./checks/cluster-active.ts";

/** In the order in which a learner writes the parts; then, what Terraform would do, and what ECS says. */
export const checks = defineChecks([
  hasCluster("cluster"),
  hasCapacityProviders("capacity-providers"),
  keepsWhatIsThere("plan-keeps"),
  clusterIsActive("cluster-active"),
]);
