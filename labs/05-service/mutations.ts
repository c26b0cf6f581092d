import { defineMutations } from "@workbook/lab-kit";

const file = "stack.ts";

/** A revision that somebody else registers and deploys: Terraform's service does not name it. */
const DEPLOYED_BY_OTHERS = {
  replace: "    // #region service",
  by: `new FargateTask(this, "deployed_task", {
      family: settings.named("node-app"),
      executionRoleArn: executionRole.arn,
      container: {
        name: "node-app",
        image: settings.image("nodejs-app"),
        port: 80,
        environment: { APP_VERSION: "2" },
      },
    });`,
};

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "launch-type-left-out",
    file,
    replace: 'launchType: "FARGATE",',
    by: "",
    caughtBy: "service",
    fault: "launch-type",
  },
  {
    id: "latest-platform-version",
    file,
    replace: 'platformVersion: "1.4.0",',
    by: 'platformVersion: "LATEST",',
    caughtBy: "service",
    fault: "platform-version",
  },
  {
    id: "one-task",
    file,
    replace: "desiredCount: 2,",
    by: "desiredCount: 1,",
    caughtBy: "service",
    fault: "desired-count",
    deployed: { caughtBy: "service-steady", fault: "desired-count" },
  },
  {
    id: "deployments-undone",
    file,
    replace: 'lifecycle: { ignoreChanges: ["task_definition"] },',
    by: "",
    also: [DEPLOYED_BY_OTHERS],
    caughtBy: "service",
    fault: "task-definition-not-ignored",
    deployed: { dirty: "aws_ecs_service" },
  },
  {
    id: "public-subnets",
    file,
    replace: "subnets: [...network.privateSubnetIds],",
    by: "subnets: [...network.publicSubnetIds],",
    caughtBy: "service",
    fault: "subnets",
    // An internet gateway serves public addresses only, and the tasks have none.
    deployed: {
      caughtBy: "service-steady",
      fault: "network-no-public-address",
      says: "has no public address",
    },
  },
  {
    id: "one-private-subnet",
    file,
    replace: "subnets: [...network.privateSubnetIds],",
    by: "subnets: network.privateSubnetIds.slice(0, 1),",
    caughtBy: "service",
    fault: "subnets",
    deployed: { caughtBy: "two-zones", fault: "one-zone" },
  },
  {
    id: "public-addresses",
    file,
    replace: "assignPublicIp: false,",
    by: "assignPublicIp: true,",
    caughtBy: "service",
    fault: "public-address",
  },
  {
    id: "default-security-group",
    file,
    replace: "securityGroups: [securityGroup.id],",
    by: "",
    caughtBy: "service",
    fault: "security-group",
  },
  {
    id: "security-group-of-the-load-balancer",
    file,
    replace: "securityGroups: [securityGroup.id],",
    by: "securityGroups: [albSecurityGroup.id],",
    caughtBy: "service",
    fault: "security-group",
  },
  {
    id: "service-under-another-name",
    file,
    replace: 'new EcsService(this, "node_service", {\n      name: settings.named("node-app"),',
    by: 'new EcsService(this, "node_service", {\n      name: settings.named("web"),',
    caughtBy: "plan-keeps",
    fault: "replaces",
    tier: "plan",
  },
  {
    id: "image-tag-that-does-not-exist",
    file,
    replace: 'image: settings.image("nodejs-app"),',
    by: 'image: settings.image("nodejs-app").replace(/[^:]*$/, "no-such-tag"),',
    caughtBy: "service-steady",
    fault: "image-missing",
    tier: "live",
    deployed: { says: "has no such image" },
  },
  {
    id: "private-route-table-without-nat",
    file,
    replace: "    // #region service",
    // The route to the NAT gateway leads somewhere else: 0.0.0.0/0 goes nowhere.
    by: '    (network.node.findChild("private_default_route") as any).addOverride("destination_cidr_block", "192.0.2.0/24");',
    // The tasks that run go on without it; a new revision needs new ones.
    also: [{ replace: "port: 80 },", by: 'port: 80, environment: { APP_VERSION: "2" } },' }],
    caughtBy: "service-steady",
    fault: "network-no-route",
    tier: "live",
    deployed: { says: "has no route to the internet" },
  },
  {
    id: "app-that-crashes",
    file,
    replace: "port: 80 },",
    by: 'port: 80, environment: { CRASH_ON_START: "3" } },',
    caughtBy: "service-steady",
    fault: "container-exits",
    tier: "live",
    deployed: { says: "with exit code 3" },
  },
]);
