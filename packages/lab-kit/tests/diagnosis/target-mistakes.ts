import type { Mistake } from "./mistake.ts";

/** Health checks that time out take real time. */
export const QUICK = {
  group: {
    HealthCheckTimeoutSeconds: 2,
    HealthCheckIntervalSeconds: 5,
    UnhealthyThresholdCount: 2,
  },
};

/** What keeps a load balancer from the tasks behind it. */
export const TARGET_MISTAKES: readonly Mistake[] = [
  {
    what: "the tasks' security group admits nobody",
    chapter: 8,
    finding: "task-ingress",
    go: QUICK,
    before: ({ vpc, go }) => vpc.close(go.securityGroup, "in"),
  },
  {
    what: "the tasks' security group admits another port",
    chapter: 7,
    finding: "task-ingress",
    before: async ({ vpc, node: { securityGroup }, albGroup }) => {
      await vpc.close(securityGroup, "in");
      await vpc.admit(securityGroup, 8080, { UserIdGroupPairs: [{ GroupId: albGroup }] });
    },
  },
  {
    what: "the tasks' security group admits itself only",
    chapter: 7,
    finding: "task-ingress",
    before: async ({ vpc, node: { securityGroup } }) => {
      await vpc.close(securityGroup, "in");
      await vpc.admit(securityGroup, 80, { UserIdGroupPairs: [{ GroupId: securityGroup }] });
    },
  },
  {
    what: "the container's port is not that of the app",
    chapter: 7,
    finding: "app-port",
    node: { environment: { PORT: "3000" } },
  },
  {
    what: "the app listens on 3000 whatever it is told",
    chapter: 7,
    finding: "app-port",
    node: {
      container: {
        command: [
          "node",
          "-e",
          "require('http').createServer().listen(0, () => console.log('listening'))",
        ],
      },
    },
  },
  {
    what: "the target group speaks HTTPS",
    chapter: 7,
    finding: "target-group-protocol",
    node: { group: { Protocol: "HTTPS" } },
  },
  {
    what: "the target group and its health check speak HTTPS",
    chapter: 7,
    finding: "target-group-protocol",
    node: { group: { Protocol: "HTTPS", HealthCheckProtocol: "HTTPS" } },
  },
  {
    what: "the health check speaks HTTPS",
    chapter: 7,
    finding: "target-group-protocol",
    catalogues: "target-group-protocol",
    node: { group: { HealthCheckProtocol: "HTTPS" } },
  },
  {
    what: "the health check asks another port",
    chapter: 7,
    finding: "health-check-port",
    node: { group: { ...QUICK.group, HealthCheckPort: "9000" } },
  },
  {
    what: "the health check asks a path that is not there",
    chapter: 8,
    finding: "health-check-path",
    node: { group: { HealthCheckPath: "/health" } },
  },
  {
    what: "the health check expects 204",
    chapter: 7,
    finding: "health-check-matcher",
    node: { group: { Matcher: { HttpCode: "204" } } },
  },
  {
    what: "the app reports itself broken",
    chapter: 7,
    finding: "health-check-error",
    node: { environment: { HEALTH: "500" } },
  },
  {
    what: "the app takes connections and answers nothing",
    chapter: 7,
    finding: "health-check-timeout",
    node: {
      environment: { HANG: "1" },
      ...QUICK,
    },
  },
];
