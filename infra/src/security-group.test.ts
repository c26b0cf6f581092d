import { expect, test } from "vitest";

import { SecurityGroup } from "./security-group.ts";
import { synthesised } from "./testing.ts";

const PROPS = { name: "alb-hanako", description: "The load balancer", vpcId: "vpc-1", port: 80 };

test("admits each CIDR block and each group on its port, and lets everything out", () => {
  const { resource } = synthesised((scope) => {
    new SecurityGroup(scope, "alb", {
      ...PROPS,
      cidrs: ["203.0.113.7/32"],
      sourceGroupIds: ["sg-1"],
    });
  });
  const rule = {
    security_group_id: "${aws_security_group.alb.id}",
    ip_protocol: "tcp",
    from_port: 80,
    to_port: 80,
  };
  expect(resource["aws_vpc_security_group_ingress_rule"]).toEqual({
    alb_80_cidr_0: { ...rule, cidr_ipv4: "203.0.113.7/32" },
    alb_80_group_0: { ...rule, referenced_security_group_id: "sg-1" },
  });
  expect(resource["aws_vpc_security_group_egress_rule"]).toEqual({
    alb_all: {
      security_group_id: "${aws_security_group.alb.id}",
      ip_protocol: "-1",
      cidr_ipv4: "0.0.0.0/0",
    },
  });
  expect(resource["aws_security_group"]?.["alb"]).toMatchObject({
    name: "alb-hanako",
    vpc_id: "vpc-1",
  });
});

test("admits each source on each of several ports", () => {
  const { resource } = synthesised((scope) => {
    new SecurityGroup(scope, "alb", { ...PROPS, port: [80, 8080], cidrs: ["203.0.113.7/32"] });
  });
  expect(resource["aws_vpc_security_group_ingress_rule"]).toMatchObject({
    alb_80_cidr_0: { from_port: 80, to_port: 80 },
    alb_8080_cidr_0: { from_port: 8080, to_port: 8080, cidr_ipv4: "203.0.113.7/32" },
  });
});

test("admits nobody unless told", () => {
  const { resource } = synthesised((scope) => {
    new SecurityGroup(scope, "alb", PROPS);
  });
  expect(Object.keys(resource)).toEqual([
    "aws_security_group",
    "aws_vpc_security_group_egress_rule",
  ]);
});

test("refuses a description that AWS would refuse in the middle of an apply", () => {
  const build = () =>
    synthesised((scope) => {
      new SecurityGroup(scope, "alb", { ...PROPS, description: "The learner's load balancer" });
    });
  expect(build).toThrow(
    /security group "alb-hanako" has characters that AWS refuses: "The learner's/,
  );
});

test("admits a source on all ports of a range", () => {
  const { resource } = synthesised((scope) => {
    new SecurityGroup(scope, "instances", {
      ...PROPS,
      port: [3000, { from: 32_768, to: 60_999 }],
      sourceGroupIds: ["sg-1"],
    });
  });
  expect(resource["aws_vpc_security_group_ingress_rule"]).toMatchObject({
    instances_3000_group_0: { from_port: 3000, to_port: 3000 },
    instances_32768_to_60999_group_0: { from_port: 32_768, to_port: 60_999 },
  });
});
