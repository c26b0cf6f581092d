import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { beforeAll, expect, test } from "vitest";

import { Network } from "./network.ts";
import type { SynthesisedBlocks } from "./testing.ts";
import { synthesised } from "./testing.ts";

let resource: SynthesisedBlocks;

beforeAll(() => {
  ({ resource } = synthesised((scope) => {
    const network = new Network(scope, "network", {
      name: "workbook",
      availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
    });
    new CloudwatchLogGroup(scope, "connected", { dependsOn: [network.ingress, network.egress] });
  }));
});

test("has a public and a private subnet in each zone, with addresses of their own", () => {
  const subnets = Object.entries(resource["aws_subnet"] ?? {}).map(([name, subnet]) => [
    name,
    subnet["availability_zone"],
    subnet["cidr_block"],
  ]);
  expect(subnets).toEqual([
    ["private_0", "ap-northeast-1a", "10.0.10.0/24"],
    ["private_1", "ap-northeast-1c", "10.0.11.0/24"],
    ["public_0", "ap-northeast-1a", "10.0.0.0/24"],
    ["public_1", "ap-northeast-1c", "10.0.1.0/24"],
  ]);
});

test("leads public subnets to the internet gateway and private ones to the NAT gateway", () => {
  expect(resource["aws_route"]).toMatchObject({
    public_default: {
      route_table_id: "${aws_route_table.public.id}",
      destination_cidr_block: "0.0.0.0/0",
      gateway_id: "${aws_internet_gateway.internet_gateway.id}",
    },
    private_default: {
      route_table_id: "${aws_route_table.private.id}",
      destination_cidr_block: "0.0.0.0/0",
      nat_gateway_id: "${aws_nat_gateway.nat.id}",
    },
  });
  expect(resource["aws_route_table_association"]).toEqual({
    public_0_association: {
      route_table_id: "${aws_route_table.public.id}",
      subnet_id: "${aws_subnet.public_0.id}",
    },
    public_1_association: {
      route_table_id: "${aws_route_table.public.id}",
      subnet_id: "${aws_subnet.public_1.id}",
    },
    private_0_association: {
      route_table_id: "${aws_route_table.private.id}",
      subnet_id: "${aws_subnet.private_0.id}",
    },
    private_1_association: {
      route_table_id: "${aws_route_table.private.id}",
      subnet_id: "${aws_subnet.private_1.id}",
    },
  });
});

test("has one NAT gateway, in a public subnet", () => {
  expect(resource["aws_nat_gateway"]).toMatchObject({
    nat: { subnet_id: "${aws_subnet.public_0.id}", allocation_id: "${aws_eip.nat_address.id}" },
  });
});

test("leaves out what the provider waits for: public addresses on launch, DNS hostnames", () => {
  expect(
    Object.values(resource["aws_subnet"] ?? {}).some(
      (subnet) => "map_public_ip_on_launch" in subnet,
    ),
  ).toBe(false);
  expect(resource["aws_vpc"]?.["vpc"]).toEqual({
    cidr_block: "10.0.0.0/16",
    tags: { Name: "workbook" },
  });
});

test("says what has to exist before traffic comes in and goes out", () => {
  expect(resource["aws_cloudwatch_log_group"]?.["connected"]?.["depends_on"]).toEqual([
    "aws_internet_gateway.internet_gateway",
    "aws_route.private_default",
  ]);
});
