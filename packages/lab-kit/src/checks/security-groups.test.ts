import { expect, test } from "vitest";

import type { SynthContext } from "../check.ts";
import { SynthReader } from "../synth-reader.ts";
import type { SynthResource } from "../synth-reader.ts";
import { GO_APP } from "../web-app.ts";
import { admitsOnlyTheWayIn } from "./security-groups.ts";

const CHECK = admitsOnlyTheWayIn("groups", GO_APP);
const HOME = "203.0.113.7/32";

function resource(type: string, name: string, attributes: object): SynthResource {
  const address = `${type}.${name}`;
  return { stack: "service", kind: "resource", type, name, address, attributes: { ...attributes } };
}

function rule(group: string, source: object): SynthResource {
  return resource("aws_vpc_security_group_ingress_rule", group, {
    security_group_id: `\${aws_security_group.${group}.id}`,
    from_port: 8080,
    to_port: 8080,
    ...source,
  });
}

const FROM_BALANCER = { referenced_security_group_id: "${aws_security_group.alb.id}" };

/** A load balancer that admits you, and two groups, of which `right` admits the load balancer. */
function context(...more: readonly SynthResource[]): SynthContext {
  const synth = new SynthReader([
    resource("aws_lb", "alb", { security_groups: ["${aws_security_group.alb.id}"] }),
    ...["alb", "right", "other"].map((name) => resource("aws_security_group", name, {})),
    rule("alb", { cidr_ipv4: HOME }),
    rule("right", FROM_BALANCER),
    ...more,
  ]);
  return { owner: "hanako", region: "ap-northeast-1", homeCidr: HOME, synth };
}

/** A service of the Go app whose tasks have the given groups. */
function service(...groups: string[]): readonly SynthResource[] {
  const container = { name: "go-app", image: "golang-app-hanako:v1" };
  return [
    resource("aws_ecs_task_definition", "go", {
      container_definitions: JSON.stringify([container]),
    }),
    resource("aws_ecs_service", "go", {
      task_definition: "${aws_ecs_task_definition.go.arn}",
      network_configuration: {
        security_groups: groups.map((name) => `\${aws_security_group.${name}.id}`),
      },
    }),
  ];
}

test("before there is a service, any group that admits the load balancer may become its tasks'", () => {
  expect(CHECK.run(context())).toMatchObject({ passed: true });
});

test("the group that the service gives its tasks admits the load balancer", () => {
  expect(CHECK.run(context(...service("right")))).toMatchObject({ passed: true });
});

test.each([
  ["another group", ["other"], "aws_security_group.other"],
  ["no group", [], "nothing"],
])(
  "tasks that have %s are not reached by the rules of one that they have not",
  (_, groups, had) => {
    expect(CHECK.run(context(...service(...groups)))).toMatchObject({
      passed: false,
      fault: "tasks-elsewhere",
      actual: {
        en: `aws_security_group.right admits port 8080 from aws_security_group.alb, but the service's tasks have ${had}`,
      },
    });
  },
);

test("a group beside it that lets everybody in is found", () => {
  const open = rule("other", { cidr_ipv4: "0.0.0.0/0" });
  expect(CHECK.run(context(open, ...service("right", "other")))).toMatchObject({
    passed: false,
    fault: "tasks-open",
  });
});
