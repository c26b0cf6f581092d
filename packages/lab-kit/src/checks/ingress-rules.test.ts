import { expect, test } from "vitest";

import type { SynthContext } from "../check.ts";
import { SynthReader } from "../synth-reader.ts";
import type { SynthResource } from "../synth-reader.ts";
import { covers, describeRule, ingressRulesOf } from "./ingress-rules.ts";

function resource(type: string, name: string, attributes: Record<string, unknown>): SynthResource {
  return { stack: "service", kind: "resource", type, name, address: `${type}.${name}`, attributes };
}

const GROUP = "${aws_security_group.tasks.id}";
const ALB = "${aws_security_group.alb.id}";

function rulesOf(attributes: Record<string, unknown>, ...others: SynthResource[]): string[] {
  const group = resource("aws_security_group", "tasks", attributes);
  const synth = new SynthReader([group, resource("aws_security_group", "alb", {}), ...others]);
  const context: SynthContext = {
    owner: "hanako",
    region: "ap-northeast-1",
    homeCidr: "203.0.113.7/32",
    synth,
  };
  return ingressRulesOf(context, group).map((rule) => describeRule(rule).en);
}

test("reads rules of the new kind", () => {
  const rule = { security_group_id: GROUP, ip_protocol: "tcp", from_port: 80, to_port: 80 };
  const type = "aws_vpc_security_group_ingress_rule";
  expect(
    rulesOf(
      {},
      resource(type, "a", { ...rule, referenced_security_group_id: ALB }),
      resource(type, "b", { ...rule, cidr_ipv4: "0.0.0.0/0" }),
    ),
  ).toEqual(["port 80 from aws_security_group.alb", "port 80 from 0.0.0.0/0"]);
});

test("reads rules of the old kind, and not those for what goes out", () => {
  const rule = { security_group_id: GROUP, protocol: "tcp", from_port: 80, to_port: 81 };
  expect(
    rulesOf(
      {},
      resource("aws_security_group_rule", "a", {
        ...rule,
        type: "ingress",
        source_security_group_id: ALB,
      }),
      resource("aws_security_group_rule", "b", {
        ...rule,
        type: "egress",
        cidr_blocks: ["0.0.0.0/0"],
      }),
    ),
  ).toEqual(["ports 80 to 81 from aws_security_group.alb"]);
});

test("reads rules written into the group", () => {
  const ingress = {
    protocol: "-1",
    from_port: 0,
    to_port: 0,
    cidr_blocks: ["10.0.0.0/16"],
    security_groups: [ALB],
  };
  expect(rulesOf({ ingress: [ingress] })).toEqual([
    "ports 0 to 65535 from 10.0.0.0/16, aws_security_group.alb",
  ]);
});

test("does not take another group's rule for the group's own", () => {
  const rule = {
    security_group_id: ALB,
    ip_protocol: "tcp",
    from_port: 80,
    to_port: 80,
    cidr_ipv4: "0.0.0.0/0",
  };
  expect(rulesOf({}, resource("aws_vpc_security_group_ingress_rule", "a", rule))).toEqual([]);
});

test("covers the ports from first to last", () => {
  const rule = { fromPort: 80, toPort: 8080, cidrs: [], groups: [] };
  expect([79, 80, 8080, 8081].map((port) => covers(rule, port))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
