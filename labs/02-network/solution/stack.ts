import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway/index.js";
import { Route } from "@cdktf/provider-aws/lib/route/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { ImageRepository } from "@workbook/infra/image-repository";
import type { Settings } from "@workbook/infra/settings";
import type { Construct } from "constructs";

/** What chapter 1 built: the repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** The network that everything else will stand in. */
export class ServiceStack extends WorkbookStack {
  private readonly vpc: Vpc;

  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    const name = settings.named("workbook");
    const zones = settings.availabilityZones;

    // #region vpc
    this.vpc = new Vpc(this, "vpc", { cidrBlock: "10.0.0.0/16", tags: { Name: name } });
    const gateway = new InternetGateway(this, "internet_gateway", {
      vpcId: this.vpc.id,
      tags: { Name: name },
    });
    // #endregion vpc

    // #region subnets
    const publicSubnets = zones.map(
      (availabilityZone, index) =>
        new Subnet(this, `public_${index}`, {
          vpcId: this.vpc.id,
          availabilityZone,
          cidrBlock: `10.0.${index}.0/24`,
          tags: { Name: `${name}-public-${availabilityZone}` },
        }),
    );
    const privateSubnets = zones.map(
      (availabilityZone, index) =>
        new Subnet(this, `private_${index}`, {
          vpcId: this.vpc.id,
          availabilityZone,
          cidrBlock: `10.0.${10 + index}.0/24`,
          tags: { Name: `${name}-private-${availabilityZone}` },
        }),
    );
    // #endregion subnets

    this.publicRoutes(publicSubnets, gateway);
    this.privateRoutes(privateSubnets, this.natGateway(publicSubnets, gateway));
    this.securityGroups();
  }

  private publicRoutes(subnets: readonly Subnet[], gateway: InternetGateway): void {
    // #region public-routes
    const table = new RouteTable(this, "public", {
      vpcId: this.vpc.id,
      tags: { Name: `${this.settings.named("workbook")}-public` },
    });
    for (const [index, subnet] of subnets.entries()) {
      new RouteTableAssociation(this, `public_${index}_association`, {
        routeTableId: table.id,
        subnetId: subnet.id,
      });
    }
    new Route(this, "public_default", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    // #endregion public-routes
  }

  private natGateway(publicSubnets: readonly Subnet[], gateway: InternetGateway): NatGateway {
    // #region nat
    const name = this.settings.named("workbook");
    const address = new Eip(this, "nat_address", {
      domain: "vpc",
      tags: { Name: `${name}-nat` },
    });
    return new NatGateway(this, "nat", {
      allocationId: address.id,
      subnetId: publicSubnets[0]!.id,
      tags: { Name: name },
      // Its traffic leaves through the internet gateway, which nothing above refers to.
      dependsOn: [gateway],
    });
    // #endregion nat
  }

  private privateRoutes(subnets: readonly Subnet[], nat: NatGateway): void {
    // #region private-routes
    const table = new RouteTable(this, "private", {
      vpcId: this.vpc.id,
      tags: { Name: `${this.settings.named("workbook")}-private` },
    });
    for (const [index, subnet] of subnets.entries()) {
      new RouteTableAssociation(this, `private_${index}_association`, {
        routeTableId: table.id,
        subnetId: subnet.id,
      });
    }
    new Route(this, "private_default", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: nat.id,
    });
    // #endregion private-routes
  }

  private securityGroups(): void {
    const { settings, vpc } = this;
    // #region alb-security-group
    const alb = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId: vpc.id,
      tags: { Name: settings.named("alb") },
    });
    new VpcSecurityGroupIngressRule(this, "alb_security_group_80_cidr_0", {
      securityGroupId: alb.id,
      ipProtocol: "tcp",
      fromPort: 80,
      toPort: 80,
      cidrIpv4: settings.homeCidr,
    });
    new VpcSecurityGroupEgressRule(this, "alb_security_group_all", {
      securityGroupId: alb.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    // #endregion alb-security-group
    // #region task-security-group
    const tasks = new SecurityGroup(this, "node_security_group", {
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      vpcId: vpc.id,
      tags: { Name: settings.named("node-app") },
    });
    new VpcSecurityGroupIngressRule(this, "node_security_group_80_group_0", {
      securityGroupId: tasks.id,
      ipProtocol: "tcp",
      fromPort: 80,
      toPort: 80,
      referencedSecurityGroupId: alb.id,
    });
    new VpcSecurityGroupEgressRule(this, "node_security_group_all", {
      securityGroupId: tasks.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    // #endregion task-security-group
  }
}
