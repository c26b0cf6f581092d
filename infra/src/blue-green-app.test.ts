import { expect, test } from "vitest";

import { BlueGreenApp } from "./blue-green-app.ts";
import { Cluster } from "./cluster.ts";
import { ExecutionRole } from "./execution-role.ts";
import { LoadBalancer } from "./load-balancer.ts";
import { Network } from "./network.ts";
import { SecurityGroup } from "./security-group.ts";
import { TargetGroup } from "./target-group.ts";
import { synthesised } from "./testing.ts";

test("CodeDeploy moves an app between two target groups, and Terraform leaves alone what it moves", () => {
  const { resource } = synthesised((scope) => {
    const network = new Network(scope, "network", { name: "web", availabilityZones: ["a", "b"] });
    const { vpcId } = network;
    const albSecurityGroup = new SecurityGroup(scope, "alb_security_group", {
      name: "alb",
      description: "The load balancer",
      vpcId,
      port: 9000,
      cidrs: ["203.0.113.10/32"],
    });
    const other = new TargetGroup(scope, "other", { name: "other", vpcId, port: 80 });
    const alb = new LoadBalancer(scope, "alb", {
      name: "web",
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [{ port: 80, targetGroupArn: other.arn }],
      internet: network.ingress,
    });
    new BlueGreenApp(scope, "app", {
      network,
      albSecurityGroup,
      alb,
      cluster: new Cluster(scope, "cluster", { name: "web" }),
      executionRole: new ExecutionRole(scope, "execution_role", { name: "execution" }),
      region: "ap-northeast-1",
      name: "app",
      description: "The app, for the load balancer only",
      container: "app",
      image: "registry/app:v1",
      port: 8080,
      productionPort: 9000,
      testPort: 9001,
    });
  });
  expect(resource["aws_ecs_service"]?.["app_service"]).toMatchObject({
    deployment_controller: { type: "CODE_DEPLOY" },
    lifecycle: { ignore_changes: ["task_definition", "load_balancer"] },
  });
  const listeners = resource["aws_lb_listener"];
  for (const [name, port] of [
    ["app_listener", 9000],
    ["app_test_listener", 9001],
  ] as const)
    expect(listeners?.[name]).toMatchObject({
      port,
      lifecycle: { ignore_changes: ["default_action"] },
    });
  expect(resource["aws_codedeploy_deployment_group"]?.["app_deployments"]).toMatchObject({
    app_name: "${aws_codedeploy_app.app_application.name}",
    deployment_config_name: "CodeDeployDefault.ECSAllAtOnce",
    ecs_service: { service_name: "${aws_ecs_service.app_service.name}" },
    load_balancer_info: {
      target_group_pair_info: {
        prod_traffic_route: { listener_arns: ["${aws_lb_listener.app_listener.arn}"] },
        test_traffic_route: { listener_arns: ["${aws_lb_listener.app_test_listener.arn}"] },
        target_group: [
          { name: "${aws_lb_target_group.app_blue.name}" },
          { name: "${aws_lb_target_group.app_green.name}" },
        ],
      },
    },
  });
});
