import { defineMutations } from "@workbook/lab-kit";

const file = "stack.ts";

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "cluster-of-nobody",
    file,
    replace:
      'const cluster = new EcsCluster(this, "cluster", {\n      name: settings.named("workbook"),',
    by: 'const cluster = new EcsCluster(this, "cluster", {\n      name: "workbook",',
    caughtBy: "cluster",
    fault: "missing",
  },
  {
    id: "no-insights",
    file,
    replace: 'setting: [{ name: "containerInsights", value: "enabled" }],',
    by: "",
    caughtBy: "cluster",
    fault: "no-insights",
  },
  {
    id: "insights-disabled",
    file,
    replace: 'value: "enabled"',
    by: 'value: "disabled"',
    caughtBy: "cluster",
    fault: "no-insights",
    deployed: { caughtBy: "cluster-active", fault: "insights", says: "disabled" },
  },
  {
    id: "nobody-is-told-the-name",
    file,
    replace: 'new TerraformOutput(this, "cluster_name",',
    by: 'new TerraformOutput(this, "name",',
    caughtBy: "cluster",
    fault: "no-output",
  },
  {
    id: "providers-of-another-cluster",
    file,
    replace: "clusterName: cluster.name,",
    by: 'clusterName: "default",',
    caughtBy: "capacity-providers",
    fault: "missing",
  },
  {
    id: "without-spot",
    file,
    replace: 'capacityProviders: ["FARGATE", "FARGATE_SPOT"],',
    by: 'capacityProviders: ["FARGATE"],',
    caughtBy: "capacity-providers",
    fault: "incomplete",
    deployed: { caughtBy: "cluster-active", fault: "providers" },
  },
  {
    id: "provider-that-does-not-exist",
    file,
    replace: 'capacityProviders: ["FARGATE", "FARGATE_SPOT"],',
    by: 'capacityProviders: ["FARGATE", "SPOT"],',
    caughtBy: "capacity-providers",
    fault: "unknown",
    deployed: { refused: "The specified capacity provider 'SPOT' was not found." },
  },
  {
    id: "way-out-lost",
    file,
    replace: "cidrs: [settings.homeCidr],\n    });",
    by: 'cidrs: [settings.homeCidr],\n    });\n    network.node.tryRemoveChild("private_default_route");',
    caughtBy: "plan-keeps",
    fault: "destroys",
    tier: "plan",
  },
  {
    id: "description-edited",
    file,
    replace: 'description: "The load balancer, for the home address of the learner only",',
    by: 'description: "The load balancer",',
    caughtBy: "plan-keeps",
    fault: "replaces",
    tier: "plan",
  },
]);
