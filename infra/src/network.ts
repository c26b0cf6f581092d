import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** What a network is called and where it lies. */
export interface NetworkProps {
  /** The `Name` tag of the VPC, and the beginning of every other one. */
  readonly name: string;
  /** One public and one private subnet is made in each; two at least, as a load balancer needs. */
  readonly availabilityZones: readonly string[];
}

/**
 * A VPC of 10.0.0.0/16 with a public and a private subnet in each zone.
 *
 * Public subnets (10.0.0.0/24, 10.0.1.0/24, …) reach the internet through the internet gateway; private ones
 * (10.0.10.0/24, 10.0.11.0/24, …) through one NAT gateway, shared because a second one costs as much again.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
 *
 * Terraform names: `vpc`, `internet_gateway`, `nat_address`, `nat`, and for `public` as for `private`: subnets `public_0`, …,
 * route table `public`, its associations `public_0_association`, …, and its route `public_default`.
 */
export class Network extends Construct {
  readonly vpcId: string;
  /** The address block of the whole VPC. */
  readonly cidrBlock = "10.0.0.0/16";
  // cdktf's own properties take no readonly arrays: these go into `subnets: network.publicSubnetIds` as they are.
  readonly publicSubnetIds: string[];
  readonly privateSubnetIds: string[];
  /** What has to exist before the internet can reach in: an internet-facing load balancer cannot be made without. */
  readonly ingress: ITerraformDependable;
  /** What has to exist before a task in a private subnet can pull its image. */
  readonly egress: ITerraformDependable;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const vpc = pinned(
      new Vpc(this, "vpc", { cidrBlock: this.cidrBlock, tags: { Name: props.name } }),
      "vpc",
    );
    this.vpcId = vpc.id;

    const gateway = pinned(
      new InternetGateway(this, "internet_gateway", { vpcId: vpc.id, tags: { Name: props.name } }),
      "internet_gateway",
    );
    this.ingress = gateway;

    const publicSubnets = this.subnets("public", 0, props);
    const privateSubnets = this.subnets("private", 10, props);
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);

    const nat = this.natGateway(publicSubnets, gateway, props.name);
    this.routes("public", publicSubnets, props, { gatewayId: gateway.id });
    this.egress = this.routes("private", privateSubnets, props, { natGatewayId: nat.id });
  }

  private subnets(kind: "public" | "private", firstBlock: number, props: NetworkProps): Subnet[] {
    return props.availabilityZones.map((availabilityZone, index) =>
      pinned(
        new Subnet(this, `${kind}_${index}`, {
          vpcId: this.vpcId,
          availabilityZone,
          cidrBlock: `10.0.${firstBlock + index}.0/24`,
          // No public address on launch: tasks stay private, and a load balancer brings its own addresses.
          tags: { Name: `${props.name}-${kind}-${availabilityZone}` },
        }),
        `${kind}_${index}`,
      ),
    );
  }

  private natGateway(
    publicSubnets: readonly Subnet[],
    gateway: InternetGateway,
    name: string,
  ): NatGateway {
    const [subnet] = publicSubnets;
    if (subnet === undefined)
      throw new RangeError("A network needs at least one availability zone");
    const address = pinned(
      new Eip(this, "nat_address", { domain: "vpc", tags: { Name: `${name}-nat` } }),
      "nat_address",
    );
    return pinned(
      new NatGateway(this, "nat", {
        allocationId: address.id,
        subnetId: subnet.id,
        tags: { Name: name },
        dependsOn: [gateway],
      }),
      "nat",
    );
  }

  private routes(
    kind: "public" | "private",
    subnets: readonly Subnet[],
    props: NetworkProps,
    target: { gatewayId: string } | { natGatewayId: string },
  ): Route {
    const table = pinned(
      new RouteTable(this, `${kind}_route_table`, {
        vpcId: this.vpcId,
        tags: { Name: `${props.name}-${kind}` },
      }),
      kind,
    );
    for (const [index, subnet] of subnets.entries()) {
      pinned(
        new RouteTableAssociation(this, `${kind}_${index}_association`, {
          routeTableId: table.id,
          subnetId: subnet.id,
        }),
        `${kind}_${index}_association`,
      );
    }
    return pinned(
      new Route(this, `${kind}_default_route`, {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        ...target,
      }),
      `${kind}_default`,
    );
  }
}
