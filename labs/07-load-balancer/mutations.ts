import { defineMutations } from "@workbook/lab-kit";

const file = "stack.ts";

/** Targets that are healthy stay so for a while; those of a new revision have to become it. */
const NEW_REVISION = {
  replace: "logs: { group: logs.name,",
  by: 'environment: { APP_VERSION: "2" },\n        logs: { group: logs.name,',
};

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "private-load-balancer",
    file,
    replace: "internal: false,",
    by: "internal: true,",
    caughtBy: "load-balancer",
    fault: "internal",
    deployed: { caughtBy: "greeting", fault: "load-balancer-internal", says: "ETIMEDOUT" },
  },
  {
    id: "two-subnets-in-one-zone",
    file,
    replace: "subnets: [...network.publicSubnetIds],",
    by: "subnets: [network.publicSubnetIds[0]!, network.privateSubnetIds[0]!],",
    caughtBy: "load-balancer",
    fault: "zones",
    deployed: {
      refused:
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    },
  },
  {
    id: "load-balancer-in-private-subnets",
    file,
    replace: "subnets: [...network.publicSubnetIds],",
    by: "subnets: [...network.privateSubnetIds],",
    caughtBy: "load-balancer",
    fault: "subnets",
  },
  {
    id: "load-balancer-in-the-default-group",
    file,
    replace: "securityGroups: [albSecurityGroup.id],",
    by: "",
    caughtBy: "load-balancer",
    fault: "no-security-group",
  },
  {
    id: "load-balancer-before-the-internet",
    file,
    replace: "dependsOn: [network.ingress],",
    by: "",
    caughtBy: "load-balancer",
    fault: "internet-first",
  },
  {
    id: "load-balancer-open-to-everybody",
    file,
    replace: "cidrs: [settings.homeCidr],",
    by: 'cidrs: ["0.0.0.0/0"],',
    caughtBy: "security-groups",
    fault: "alb-open",
    deployed: { caughtBy: "alb-closed", fault: "open", says: "0.0.0.0/0" },
  },
  {
    id: "load-balancer-closed",
    file,
    replace: "port: 80,\n      cidrs: [settings.homeCidr],",
    by: "port: 8080,\n      cidrs: [settings.homeCidr],",
    caughtBy: "security-groups",
    fault: "alb-closed",
    deployed: { caughtBy: "greeting", fault: "load-balancer-ingress", says: "ETIMEDOUT" },
  },
  {
    id: "tasks-closed-to-the-load-balancer",
    file,
    replace: "port: 80,\n      sourceGroupIds: [albSecurityGroup.id],",
    by: "port: 8080,\n      sourceGroupIds: [albSecurityGroup.id],",
    also: [NEW_REVISION],
    caughtBy: "security-groups",
    fault: "tasks-closed",
    deployed: { caughtBy: "service-steady", fault: "task-ingress", says: "No ingress rule of" },
  },
  {
    id: "listener-on-another-port",
    file,
    replace: 'port: 80,\n      protocol: "HTTP",\n      defaultAction',
    by: 'port: 8000,\n      protocol: "HTTP",\n      defaultAction',
    caughtBy: "listener",
    fault: "no-listener",
  },
  {
    id: "targets-by-instance",
    file,
    replace: 'targetType: "ip",',
    by: 'targetType: "instance",',
    // The old group cannot go while the listener leads to it, so the new one needs another name.
    also: [
      {
        replace: 'new LbTargetGroup(this, "node_targets", {\n      name,',
        by: 'new LbTargetGroup(this, "node_targets", {\n      name: settings.named("nodes"),\n      lifecycle: { createBeforeDestroy: true },',
      },
    ],
    caughtBy: "listener",
    fault: "target-type",
    deployed: {
      refused:
        "has target type instance, which is incompatible with the awsvpc network mode specified in the task definition",
    },
  },
  {
    id: "target-group-on-another-port",
    file,
    replace: 'protocol: "HTTP",\n      port: 80,\n      deregistrationDelay',
    by: 'protocol: "HTTP",\n      port: 8080,\n      deregistrationDelay',
    caughtBy: "listener",
    fault: "target-port",
  },
  {
    id: "health-check-of-a-page-that-is-not-there",
    file,
    replace: 'path: "/healthz",',
    by: 'path: "/health",',
    also: [NEW_REVISION],
    caughtBy: "listener",
    fault: "health-check",
    deployed: {
      caughtBy: "service-steady",
      fault: "health-check-path",
      says: "answers 404 at /health",
    },
  },
  {
    id: "deployments-undone",
    file,
    replace: 'lifecycle: { ignoreChanges: ["task_definition"] },',
    by: "",
    caughtBy: "service",
    fault: "task-definition-not-ignored",
  },
  {
    id: "nobody-registers",
    file,
    replace:
      'loadBalancer: [{ targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 }],',
    by: "",
    // A grace period needs a load balancer.
    also: [{ replace: "healthCheckGracePeriodSeconds: 60,", by: "" }],
    caughtBy: "service",
    fault: "target-group",
    deployed: { caughtBy: "targets-healthy", fault: "service-not-registered", says: "answers 503" },
  },
  {
    id: "container-that-the-task-does-not-have",
    file,
    replace: 'containerName: "node-app", containerPort: 80 }],',
    by: 'containerName: "app", containerPort: 80 }],',
    caughtBy: "service",
    fault: "target-container",
    deployed: { refused: "The container app does not exist in the task definition." },
  },
  {
    id: "port-that-the-task-does-not-have",
    file,
    replace: 'containerName: "node-app", containerPort: 80 }],',
    by: 'containerName: "node-app", containerPort: 8080 }],',
    caughtBy: "service",
    fault: "target-container",
    deployed: { refused: "did not have a container port 8080 defined" },
  },
  {
    id: "no-grace-period-for-a-slow-app",
    file,
    replace: "healthCheckGracePeriodSeconds: 60,",
    by: "healthCheckGracePeriodSeconds: 0,",
    also: [
      {
        replace: "logs: { group: logs.name,",
        by: 'environment: { START_DELAY_SECONDS: "600" },\n        logs: { group: logs.name,',
      },
    ],
    caughtBy: "service",
    fault: "grace-period",
    deployed: {
      caughtBy: "service-steady",
      fault: "grace-period",
      says: "the grace period is 0 s",
    },
  },
  {
    id: "service-before-its-listener",
    file,
    replace: "dependsOn: [listener, network.egress,",
    by: "dependsOn: [network.egress,",
    caughtBy: "service",
    fault: "listener-first",
  },
  {
    id: "load-balancer-under-another-name",
    file,
    replace: 'new Lb(this, "alb", {\n      name: settings.named("workbook"),',
    by: 'new Lb(this, "alb", {\n      name: settings.named("front"),',
    caughtBy: "plan-keeps",
    fault: "replaces",
    tier: "plan",
  },
  {
    id: "health-check-that-expects-another-answer",
    file,
    replace: 'path: "/healthz", matcher: "200"',
    by: 'path: "/healthz", matcher: "204"',
    also: [NEW_REVISION],
    caughtBy: "service-steady",
    fault: "health-check-matcher",
    tier: "live",
    deployed: { says: "answers its health check with 200" },
  },
]);
