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
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);

    // Step 1. A Vpc "vpc" of 10.0.0.0/16 and its InternetGateway "internet_gateway".
    // Step 2. In each of settings.availabilityZones a public and a private Subnet: "public_0" 10.0.0.0/24, "public_1"
    //         10.0.1.0/24, …, "private_0" 10.0.10.0/24, "private_1" 10.0.11.0/24, …
    // Step 3. The public RouteTable "public", a RouteTableAssociation "public_0_association", … for each public subnet,
    //         and the Route "public_default" that leads 0.0.0.0/0 to the internet gateway.
    // Step 4. An Eip "nat_address", a NatGateway "nat" in a public subnet, and the same as in step 3 for the private
    //         subnets, whose default route leads to the NAT gateway.
    // Step 5. A SecurityGroup "alb_security_group" called settings.named("alb") that lets settings.homeCidr in on port 80,
    //         and one "node_security_group" called settings.named("node-app") that lets the first one in on port 80.
    //         Each rule is a VpcSecurityGroupIngressRule or VpcSecurityGroupEgressRule of its own.
  }
}
