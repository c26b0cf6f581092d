import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { expect, test } from "vitest";

import { LoadBalancer } from "./load-balancer.ts";
import { TargetGroup } from "./target-group.ts";
import { synthesised } from "./testing.ts";

test("has a listener for each port, which leads to its own target group", () => {
  const { resource } = synthesised((scope) => {
    const balancer = new LoadBalancer(scope, "alb", {
      name: "workbook-hanako",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
      internet: new InternetGateway(scope, "gateway", { vpcId: "vpc-1" }),
      listeners: [
        { port: 80, targetGroupArn: "arn:node" },
        { port: 8080, targetGroupArn: "arn:go" },
      ],
    });
    new CloudwatchLogGroup(scope, "reachable", { dependsOn: [...balancer.listeners.values()] });
  });
  const listener = { load_balancer_arn: "${aws_lb.alb.arn}", protocol: "HTTP" };
  expect(resource["aws_lb_listener"]).toEqual({
    alb_80: {
      ...listener,
      port: 80,
      default_action: [{ type: "forward", target_group_arn: "arn:node" }],
    },
    alb_8080: {
      ...listener,
      port: 8080,
      default_action: [{ type: "forward", target_group_arn: "arn:go" }],
    },
  });
  expect(resource["aws_lb"]?.["alb"]).toEqual({
    name: "workbook-hanako",
    load_balancer_type: "application",
    internal: false,
    subnets: ["subnet-1", "subnet-2"],
    security_groups: ["sg-1"],
    depends_on: ["aws_internet_gateway.gateway"],
  });
  expect(resource["aws_cloudwatch_log_group"]?.["reachable"]).toEqual({
    depends_on: ["aws_lb_listener.alb_80", "aws_lb_listener.alb_8080"],
  });
});

test("a listener is found by its port, and one that is not there is named", () => {
  synthesised((scope) => {
    const balancer = new LoadBalancer(scope, "alb", {
      name: "workbook-hanako",
      subnetIds: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
      internet: new InternetGateway(scope, "gateway", { vpcId: "vpc-1" }),
      listeners: [{ port: 80, targetGroupArn: "arn:node" }],
    });
    expect(balancer.listener(80)).toBe(balancer.listeners.get(80));
    expect(() => balancer.listener(8081)).toThrow("no listener on port 8081");
  });
});

test("a target group reaches tasks by address and asks /healthz", () => {
  const { resource } = synthesised((scope) => {
    new TargetGroup(scope, "go", { name: "go-app-hanako", vpcId: "vpc-1", port: 8080 });
  });
  expect(resource["aws_lb_target_group"]?.["go"]).toEqual({
    name: "go-app-hanako",
    vpc_id: "vpc-1",
    target_type: "ip",
    protocol: "HTTP",
    port: 8080,
    deregistration_delay: "30",
    health_check: { path: "/healthz", matcher: "200" },
  });
});

test("a target group reaches tasks through their instances where it is told to", () => {
  const { resource } = synthesised((scope) => {
    const own = { name: "bridge-hanako", vpcId: "vpc-1", port: 3000 };
    new TargetGroup(scope, "bridge", { ...own, targetType: "instance" });
  });
  expect(resource["aws_lb_target_group"]?.["bridge"]).toMatchObject({ target_type: "instance" });
});
