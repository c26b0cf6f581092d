import type { Mistake } from "./mistake.ts";
import { noDefaultRoute } from "./network-mistakes.ts";
import type { Stack } from "./stack.ts";

/** Interface endpoints for what tasks need, and the gateway endpoint of S3. */
async function endpoints(
  stack: Stack,
  services: readonly string[],
  more: { readonly group?: string; readonly policy?: string } = {},
): Promise<void> {
  const { aws, vpc } = stack;
  const group = more.group ?? (await vpc.group(`endpoints-${stack.options.number}`));
  if (more.group === undefined)
    await vpc.admit(group, 443, { IpRanges: [{ CidrIp: "10.0.0.0/16" }] });
  for (const service of services) {
    await aws.ec2.createVpcEndpoint({
      VpcId: vpc.vpcId,
      VpcEndpointType: "Interface",
      ServiceName: `com.amazonaws.ap-northeast-1.${service}`,
      SubnetIds: vpc.privateSubnets,
      SecurityGroupIds: [group],
      PrivateDnsEnabled: true,
      ...(more.policy !== undefined && { PolicyDocument: more.policy }),
    });
  }
  await aws.ec2.createVpcEndpoint({
    VpcId: vpc.vpcId,
    VpcEndpointType: "Gateway",
    ServiceName: "com.amazonaws.ap-northeast-1.s3",
    RouteTableIds: [vpc.privateTable],
  });
}

/** What is wrong with endpoints that tasks reach AWS by. */
export const ENDPOINT_MISTAKES: readonly Mistake[] = [
  {
    what: "no NAT gateway, and no endpoint for the logs",
    chapter: 5,
    finding: "endpoint-missing",
    before: async (stack) => {
      await noDefaultRoute(stack);
      await endpoints(stack, ["ecr.api", "ecr.dkr"]);
    },
  },
  {
    what: "the endpoints' security group does not admit 443",
    chapter: 5,
    finding: "endpoint-ingress",
    before: async (stack) => {
      await noDefaultRoute(stack);
      const group = await stack.vpc.group(`closed-${stack.options.number}`);
      await endpoints(stack, ["ecr.api", "ecr.dkr", "logs"], { group });
    },
  },
  {
    what: "an endpoint's policy allows something else",
    chapter: 5,
    finding: "endpoint-policy",
    catalogues: "endpoint-policy",
    before: (stack) =>
      endpoints(stack, ["ecr.api", "ecr.dkr"], {
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:Describe*", Resource: "*" }],
        }),
      }),
  },
  {
    what: "an endpoint has private DNS and no subnets",
    chapter: 5,
    finding: "endpoint-unavailable",
    before: async ({ aws, vpc }) => {
      await aws.ec2.createVpcEndpoint({
        VpcId: vpc.vpcId,
        VpcEndpointType: "Interface",
        ServiceName: "com.amazonaws.ap-northeast-1.logs",
        PrivateDnsEnabled: true,
      });
    },
  },
];
