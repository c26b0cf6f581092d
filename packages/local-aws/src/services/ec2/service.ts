import { isDeepStrictEqual } from "node:util";
import { lastPart } from "../../ground/arn.ts";
import { defineService, type AnyHandler, type CallContext, type SeedContext } from "../service.ts";
import { taggedKind, toTagList } from "../kit/tagging.ts";
import { addressHandlers } from "./addresses.ts";
import { dhcpOptionsHandlers } from "./dhcp-options.ts";
import { dryRunSucceeded, idempotentMismatch } from "./faults.ts";
import { flowLogHandlers } from "./flow-logs/handlers.ts";
import { imageHandlers } from "./instances/image-handlers.ts";
import { instanceAttributeHandlers } from "./instances/instance-attributes.ts";
import { instanceFactHandlers } from "./instances/instance-facts.ts";
import { instanceHandlers } from "./instances/instance-handlers.ts";
import { templateHandlers } from "./instances/template-handlers.ts";
import { internetGatewayHandlers } from "./internet-gateways.ts";
import { natGatewayHandlers } from "./nat-gateways.ts";
import { networkAclHandlers } from "./network-acls.ts";
import { networkInterfaceHandlers } from "./network-interfaces.ts";
import { prefixListHandlers } from "./prefix-lists.ts";
import { ec2Arn, RESOURCE_TYPES } from "./resources.ts";
import { routeTableHandlers } from "./route-tables.ts";
import { routeHandlers } from "./routes.ts";
import { securityGroupPermissionHandlers } from "./security-group-permissions.ts";
import { securityGroupHandlers } from "./security-groups.ts";
import { subnetHandlers } from "./subnets.ts";
import { tagHandlers } from "./tags.ts";
import { vpcAttributeHandlers } from "./vpc-attributes.ts";
import { vpcEndpointServiceHandlers } from "./vpc-endpoint-services.ts";
import { vpcEndpointHandlers } from "./vpc-endpoints.ts";
import { vpcHandlers } from "./vpcs.ts";
import { zoneHandlers } from "./zones.ts";
import { members } from "./members.ts";
import { dhcpOptions, clientTokens } from "./state.ts";
import { newId } from "./ids.ts";
import { putDefaultVpc } from "./new-vpc.ts";
import { rights } from "./rights.ts";

/** How long a token is remembered. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a handler idempotent by `ClientToken`: the second call with a token answers what the first one was answered, and
 * makes nothing. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
function withClientToken(operation: string, handler: AnyHandler): AnyHandler {
  return (input: { ClientToken?: string }, context: CallContext) => {
    const { ClientToken: token, ...asked } = input;
    if (!token) return handler(input, context);
    const tokens = context.store.of(clientTokens);
    const now = context.clock.now();
    const id = `${operation} ${token}`;
    const before = tokens.get(id);
    if (before && now - before.at < REMEMBERED_MS) {
      if (!isDeepStrictEqual(before.input, plain(asked))) throw idempotentMismatch();
      return before.output;
    }
    for (const old of tokens.filter(({ at }) => now - at >= REMEMBERED_MS)) tokens.delete(old.id);
    const output = handler(input, context);
    tokens.put(id, { id, at: now, input: plain(asked), output: plain(output) });
    return output;
  };
}

/** As the store keeps it. */
const plain = (value: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

/** Gives an account what it has in each region from the start: default DHCP options and the default VPC. */
function seedEc2({ region, store }: SeedContext): void {
  const dhcpOptionsId = newId("dopt");
  const domain = region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
  store.of(dhcpOptions).put(dhcpOptionsId, {
    dhcpOptionsId,
    isDefault: true,
    configurations: [
      { key: "domain-name", values: [domain] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
    tags: {},
  });
  putDefaultVpc(store);
}

const handlers: Readonly<Record<string, AnyHandler>> = {
  ...vpcHandlers,
  ...vpcAttributeHandlers,
  ...subnetHandlers,
  ...dhcpOptionsHandlers,
  ...internetGatewayHandlers,
  ...natGatewayHandlers,
  ...addressHandlers,
  ...routeTableHandlers,
  ...routeHandlers,
  ...securityGroupHandlers,
  ...securityGroupPermissionHandlers,
  ...networkAclHandlers,
  ...networkInterfaceHandlers,
  ...vpcEndpointHandlers,
  ...vpcEndpointServiceHandlers,
  ...prefixListHandlers,
  ...tagHandlers,
  ...zoneHandlers,
  ...imageHandlers,
  ...instanceHandlers,
  ...instanceAttributeHandlers,
  ...instanceFactHandlers,
  ...templateHandlers,
  ...flowLogHandlers,
};

/**
 * Makes a handler honour `DryRun`: the call is done, then refused, so that its transaction is undone.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
 */
function withDryRun(handler: AnyHandler): AnyHandler {
  return (input: { DryRun?: boolean }, context: CallContext) => {
    const output = handler(input, context);
    if (input.DryRun) throw dryRunSucceeded();
    return output;
  };
}

/** Amazon EC2: the network, and the instances that containers of the EC2 launch type run on. */
export const service = defineService({
  id: "ec2",
  rights,
  fault: "InternalError",
  members,
  tagging: {
    kinds: RESOURCE_TYPES.map(({ type, kind }) =>
      taggedKind(kind, ({ tags }, id, scope) => ({ arn: ec2Arn(scope, type, id), tags })),
    ),
    tag: (arn, tags) => ({
      operation: "CreateTags",
      input: { Resources: [lastPart(arn)], Tags: toTagList(tags) },
    }),
    untag: (arn, keys) => ({
      operation: "DeleteTags",
      input: { Resources: [lastPart(arn)], Tags: keys.map((Key) => ({ Key })) },
    }),
  },
  handlers: Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      withDryRun(withClientToken(name, handler)),
    ]),
  ),
  seed: seedEc2,
});
