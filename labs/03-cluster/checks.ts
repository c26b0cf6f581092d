import { defineChecks } from "@workbook/lab-kit/check";
import { hasCapacityProviders, hasCluster } from "@workbook/lab-kit/checks/cluster";
import { clusterIsActive } from "@workbook/lab-kit/checks/cluster-active";

/** In the order in which a learner writes the parts; then, what ECS says. */
export const checks = defineChecks([
  hasCluster("cluster"),
  hasCapacityProviders("capacity-providers"),
  clusterIsActive("cluster-active"),
]);
