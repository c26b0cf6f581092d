import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

/** Exchanges the load balancer's listener on port 80 for one with another default action. */
const listener =
  (action: (stack: Stack) => object, port?: number) =>
  async (stack: Stack): Promise<void> => {
    await stack.aws.elbv2.modifyListener({
      ListenerArn: stack.node.listener,
      ...(port !== undefined && { Port: port }),
      DefaultActions: [action(stack) as { Type: "forward" }],
    });
  };

const forward = (TargetGroupArn: string) => ({ Type: "forward" as const, TargetGroupArn });
const fixed = {
  Type: "fixed-response" as const,
  FixedResponseConfig: { StatusCode: "404", ContentType: "text/plain", MessageBody: "nobody" },
};

async function balancerWith(stack: Stack, more: object): Promise<void> {
  const { aws, options } = stack;
  const { LoadBalancers } = await aws.elbv2.createLoadBalancer({
    Name: `other-${options.number}`,
    Subnets: stack.vpc.publicSubnets,
    SecurityGroups: [stack.albGroup],
    ...more,
  });
  const LoadBalancerArn = LoadBalancers![0]!.LoadBalancerArn!;
  await aws.elbv2.deleteLoadBalancer({ LoadBalancerArn: stack.balancer });
  stack.balancer = LoadBalancerArn;
  await aws.elbv2.createListener({
    LoadBalancerArn,
    Port: 80,
    Protocol: "HTTP",
    DefaultActions: [forward(stack.node.group)],
  });
}

const rule = (stack: Stack, Conditions: object[], actions: object[], Priority = 1) =>
  stack.aws.elbv2.createRule({
    ListenerArn: stack.node.listener,
    Priority,
    Conditions: Conditions as { Field: string; Values: string[] }[],
    Actions: actions as { Type: "forward" }[],
  });

/** Health checks that time out take real time. */
const QUICK = {
  group: {
    HealthCheckTimeoutSeconds: 2,
    HealthCheckIntervalSeconds: 5,
    UnhealthyThresholdCount: 2,
  },
};

export const BALANCER_MISTAKES: readonly Mistake[] = [
  {
    what: "the listener is deleted",
    chapter: 7,
    finding: "listener-missing",
    after: async ({ aws, node }) => {
      await aws.elbv2.deleteListener({ ListenerArn: node.listener });
    },
  },
  {
    what: "the listener is on another port",
    chapter: 7,
    finding: "listener-port",
    after: listener(({ node }) => forward(node.group), 81),
  },
  {
    what: "the listener leads to the other app's target group",
    chapter: 8,
    finding: "listener-target-group",
    after: listener(({ go }) => forward(go.group)),
  },
  {
    what: "the listeners lead to each other's target group",
    chapter: 8,
    finding: "listener-target-group",
    after: async (stack) => {
      await listener(({ go }) => forward(go.group))(stack);
      await stack.aws.elbv2.modifyListener({
        ListenerArn: stack.go.listener,
        DefaultActions: [forward(stack.node.group)],
      });
    },
  },
  {
    what: "the listener answers by itself",
    chapter: 7,
    finding: "listener-fixed-response",
    after: listener(() => fixed),
  },
  {
    what: "the listener redirects to HTTPS",
    chapter: 7,
    finding: "listener-redirect",
    after: listener(() => ({
      Type: "redirect",
      RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
    })),
  },
  {
    what: "a rule before the default one takes everything",
    chapter: 8,
    finding: "listener-rule",
    after: async (stack) => {
      await rule(stack, [{ Field: "path-pattern", Values: ["/*"] }], [fixed]);
    },
  },
  {
    what: "the app is behind a rule for a host that nobody asks for",
    chapter: 7,
    finding: "listener-rule",
    after: async (stack) => {
      const to = forward(stack.node.group);
      await rule(stack, [{ Field: "host-header", Values: ["www.example.com"] }], [to]);
      await listener(() => fixed)(stack);
    },
  },
  {
    what: "all weight is on the other target group",
    chapter: 8,
    finding: "forward-weight",
    after: listener(({ node, go }) => ({
      Type: "forward",
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: node.group, Weight: 0 },
          { TargetGroupArn: go.group, Weight: 1 },
        ],
      },
    })),
  },
  {
    what: "the load balancer is internal",
    chapter: 7,
    finding: "load-balancer-internal",
    before: (stack) => balancerWith(stack, { Scheme: "internal" }),
  },
  {
    what: "the load balancer is in private subnets",
    chapter: 7,
    finding: "load-balancer-subnet",
    before: (stack) => balancerWith(stack, { Subnets: stack.vpc.privateSubnets }),
  },
  {
    what: "a zone of the tasks is not enabled for the load balancer",
    chapter: 7,
    finding: "load-balancer-zone",
    before: async ({ aws, vpc }) => {
      const { Subnet } = await aws.ec2.createSubnet({
        VpcId: vpc.vpcId,
        CidrBlock: "10.0.30.0/24",
        AvailabilityZone: "ap-northeast-1d",
      });
      const SubnetId = Subnet!.SubnetId!;
      await aws.ec2.associateRouteTable({ RouteTableId: vpc.privateTable, SubnetId });
      vpc.privateSubnets = [SubnetId];
    },
  },
  {
    what: "the load balancer's security group admits nobody",
    chapter: 7,
    finding: "load-balancer-ingress",
    after: ({ vpc, albGroup }) => vpc.close(albGroup, "in"),
  },
  {
    what: "the load balancer's security group admits an old address",
    chapter: 7,
    finding: "load-balancer-ingress",
    after: async ({ vpc, albGroup }) => {
      await vpc.close(albGroup, "in");
      await vpc.admit(albGroup, 80, { IpRanges: [{ CidrIp: "198.51.100.7/32" }] });
    },
  },
  {
    what: "the load balancer has another security group",
    chapter: 7,
    finding: "load-balancer-group",
    node: QUICK,
    after: async (stack) => {
      const group = await stack.vpc.group(`stray-${stack.options.number}`);
      await stack.aws.elbv2.setSecurityGroups({
        LoadBalancerArn: stack.balancer,
        SecurityGroups: [group],
      });
    },
  },
  {
    what: "the load balancer's security group lets nothing out",
    chapter: 7,
    finding: "load-balancer-egress",
    node: QUICK,
    after: ({ vpc, albGroup }) => vpc.close(albGroup, "out"),
  },
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
