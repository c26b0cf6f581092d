import { AwsError } from "../../protocol/aws-error.ts";
import { coversRange, formatCidr, rangesOverlap, storedCidr } from "../../ground/cidr.ts";
import * as faults from "./faults.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { newId } from "./ids.ts";
import { localRoutes } from "./new-vpc.ts";
import { requireResource, VPC } from "./resources.ts";
import * as state from "./state.ts";
import { readVpcCidr, vpcCidrs } from "./vpcs.ts";

/** How many CIDR blocks a VPC may have: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MAX_CIDRS = 5;

/** Attributes of VPCs, and CIDR blocks beyond the first. */
export const vpcAttributeHandlers = {
  DescribeVpcAttribute(input, { store }) {
    const vpc = requireResource(store, VPC, input.VpcId);
    const { vpcId: VpcId } = vpc;
    switch (input.Attribute) {
      case "enableDnsSupport":
        return { VpcId, EnableDnsSupport: { Value: vpc.enableDnsSupport } };
      case "enableDnsHostnames":
        return { VpcId, EnableDnsHostnames: { Value: vpc.enableDnsHostnames } };
      case "enableNetworkAddressUsageMetrics":
        return {
          VpcId,
          EnableNetworkAddressUsageMetrics: {
            Value: vpc.enableNetworkAddressUsageMetrics ?? false,
          },
        };
      default:
        throw faults.invalidParameterValue(
          `Value (${String(input.Attribute)}) for parameter attribute is invalid. Unknown attribute.`,
        );
    }
  },

  ModifyVpcAttribute(input, { store }) {
    const { vpcId } = requireResource(store, VPC, input.VpcId);
    const given = {
      enableDnsSupport: input.EnableDnsSupport?.Value,
      enableDnsHostnames: input.EnableDnsHostnames?.Value,
      enableNetworkAddressUsageMetrics: input.EnableNetworkAddressUsageMetrics?.Value,
    };
    const changes = Object.entries(given).filter(([, value]) => value !== undefined);
    if (changes.length === 0) throw faults.invalidCombination("No attributes specified.");
    if (changes.length > 1)
      throw faults.invalidCombination("Fields for multiple attribute types specified");
    store.of(state.vpcs).patch(vpcId, Object.fromEntries(changes));
    return {};
  },

  AssociateVpcCidrBlock(input, { store }) {
    const vpc = requireResource(store, VPC, input.VpcId);
    if (input.CidrBlock === undefined) throw faults.missingParameter("cidrBlock");
    const range = readVpcCidr(input.CidrBlock);
    if (vpcCidrs(vpc).some(({ cidrBlock }) => rangesOverlap(storedCidr(cidrBlock), range)))
      throw faults.invalidVpcRange(input.CidrBlock);
    if (vpcCidrs(vpc).length >= MAX_CIDRS)
      throw new AwsError(
        "CidrLimitExceeded",
        `This network ${vpc.vpcId} has met its maximum number of allowed CIDRs: ${MAX_CIDRS}`,
      );
    const added = { associationId: newId("vpc-cidr-assoc"), cidrBlock: formatCidr(range) };
    const changed = store
      .of(state.vpcs)
      .patch(vpc.vpcId, { secondaryCidrs: [...(vpc.secondaryCidrs ?? []), added] });
    const tables = store.of(state.routeTables);
    for (const table of tables.filter(({ vpcId }) => vpcId === vpc.vpcId))
      tables.patch(table.routeTableId, {
        routes: [
          ...localRoutes(changed),
          ...table.routes.filter(({ target }) => target !== "local"),
        ],
      });
    return {
      VpcId: vpc.vpcId,
      CidrBlockAssociation: {
        AssociationId: added.associationId,
        CidrBlock: added.cidrBlock,
        CidrBlockState: { State: "associating" },
      },
    };
  },

  DisassociateVpcCidrBlock(input, { store }) {
    const id = input.AssociationId;
    const vpc = store
      .of(state.vpcs)
      .find((candidate) => vpcCidrs(candidate).some(({ associationId }) => associationId === id));
    const removed = vpc && vpcCidrs(vpc).find(({ associationId }) => associationId === id);
    if (!vpc || !removed)
      throw new AwsError(
        "InvalidVpcCidrBlockAssociationID.NotFound",
        `The vpc CIDR block association ID '${id}' does not exist`,
      );
    if (id === vpc.cidrAssociationId)
      throw faults.operationNotPermitted(
        `The vpc CIDR block with association ID ${id} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`,
      );
    const range = storedCidr(removed.cidrBlock);
    const inside = ({ vpcId, cidrBlock }: state.Subnet) =>
      vpcId === vpc.vpcId && coversRange(range, storedCidr(cidrBlock));
    if (store.of(state.subnets).find(inside))
      throw faults.dependencyViolation(
        `The vpc CIDR block with association ID ${id} has dependencies and cannot be disassociated.`,
      );
    store.of(state.vpcs).patch(vpc.vpcId, {
      secondaryCidrs: (vpc.secondaryCidrs ?? []).filter(
        ({ associationId }) => associationId !== id,
      ),
    });
    const tables = store.of(state.routeTables);
    for (const table of tables.filter(({ vpcId }) => vpcId === vpc.vpcId))
      tables.patch(table.routeTableId, {
        routes: table.routes.filter(
          (route) => route.target !== "local" || route.destinationCidrBlock !== removed.cidrBlock,
        ),
      });
    return {
      VpcId: vpc.vpcId,
      CidrBlockAssociation: {
        AssociationId: id,
        CidrBlock: removed.cidrBlock,
        CidrBlockState: { State: "disassociating" },
      },
    };
  },
} satisfies Ec2Handlers;
