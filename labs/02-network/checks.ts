import { defineChecks, keepsWhatIsThere, NODE_APP } from "@workbook/lab-kit";
import { hasNamedGroup } from "./checks/named-group.ts";
import { reachesWhomItShould } from "./checks/reachability.ts";
import { hasSubnets } from "./checks/subnet-layout.ts";
import { hasPrivateSubnets, hasPublicSubnets } from "./checks/subnet-routes.ts";

/** In the order in which a learner writes the parts; then, what Terraform would do, and who reaches whom. */
export const checks = defineChecks([
  hasSubnets("subnets"),
  hasPublicSubnets("public-subnets"),
  hasPrivateSubnets("private-subnets"),
  hasNamedGroup("alb-security-group", { name: "alb", port: 80 }),
  hasNamedGroup("task-security-group", { name: NODE_APP.container, port: 80, from: "alb" }),
  keepsWhatIsThere("plan-keeps"),
  reachesWhomItShould("reachability", NODE_APP),
]);
