import { expect, test } from "vitest";

import { type SynthContext, SynthReader, type SynthResource } from "@workbook/lab-kit";
import { hasLoadBalancer } from "./load-balancer.ts";

const CHECK = hasLoadBalancer("load-balancer");

function resource(type: string, name: string, attributes: object): SynthResource {
  const address = `${type}.${name}`;
  return { stack: "service", kind: "resource", type, name, address, attributes: { ...attributes } };
}

/** Two public subnets with a route to the internet gateway, and a load balancer with the given arguments. */
function context(balancer: object | undefined): SynthContext {
  const subnets = ["a", "c"].flatMap((zone) => [
    resource("aws_subnet", zone, { availability_zone: `ap-northeast-1${zone}` }),
    resource("aws_route_table_association", zone, {
      subnet_id: `\${aws_subnet.${zone}.id}`,
      route_table_id: "${aws_route_table.public.id}",
    }),
  ]);
  const synth = new SynthReader([
    ...subnets,
    resource("aws_route_table", "public", {}),
    resource("aws_route", "public", {
      route_table_id: "${aws_route_table.public.id}",
      gateway_id: "${aws_internet_gateway.it.id}",
    }),
    resource("aws_internet_gateway", "it", {}),
    resource("aws_security_group", "alb", {}),
    ...(balancer === undefined ? [] : [resource("aws_lb", "alb", balancer)]),
  ]);
  return { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32", synth };
}

const RIGHT = {
  subnets: ["${aws_subnet.a.id}", "${aws_subnet.c.id}"],
  security_groups: ["${aws_security_group.alb.id}"],
  depends_on: ["aws_internet_gateway.it"],
};

test("passes a load balancer in the public subnets of two zones", () => {
  expect(CHECK.run(context(RIGHT))).toMatchObject({ passed: true });
});

test("reads subnets from subnet mappings as well", () => {
  const mapping = RIGHT.subnets.map((subnet_id) => ({ subnet_id }));
  const { subnets: _subnets, ...others } = RIGHT;
  expect(CHECK.run(context({ ...others, subnet_mapping: mapping }))).toMatchObject({
    passed: true,
  });
});

test.each([
  ["missing", undefined],
  ["type", { ...RIGHT, load_balancer_type: "network" }],
  ["internal", { ...RIGHT, internal: true }],
  ["zones", { ...RIGHT, subnets: ["${aws_subnet.a.id}"] }],
  ["no-security-group", { ...RIGHT, security_groups: [] }],
  ["internet-first", { ...RIGHT, depends_on: [] }],
])("finds %s", (fault, balancer) => {
  expect(CHECK.run(context(balancer))).toMatchObject({ passed: false, fault });
});
