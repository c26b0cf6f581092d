import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";
import { QUICK } from "./target-mistakes.ts";

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
];
