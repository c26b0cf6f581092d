import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { expect, test } from "vitest";

import { Cluster } from "./cluster.ts";
import { FargateService } from "./fargate-service.ts";
import { FargateTask } from "./fargate-task.ts";
import { LogGroup } from "./log-group.ts";
import { synthesised } from "./testing.ts";

const CONTAINER = { name: "go-app", image: "registry/golang-app:v1", port: 8080 };
const TASK = { family: "go-app-hanako", executionRoleArn: "arn:role", container: CONTAINER };
const SERVICE = {
  name: "go-app-hanako",
  clusterArn: "arn:cluster",
  taskDefinitionArn: "arn:task:1",
  subnetIds: ["subnet-1", "subnet-2"],
  securityGroupIds: ["sg-1"],
};

test("a task is of the smallest Fargate size, with a network interface of its own", () => {
  const { resource } = synthesised((scope) => {
    new FargateTask(scope, "go_task", TASK);
  });
  expect(resource["aws_ecs_task_definition"]?.["go_task"]).toMatchObject({
    family: "go-app-hanako",
    cpu: "256",
    memory: "512",
    network_mode: "awsvpc",
    requires_compatibilities: ["FARGATE"],
    execution_role_arn: "arn:role",
  });
});

test("a container of a user without rights may listen on a port below 1024", () => {
  const { resource } = synthesised((scope) => {
    new FargateTask(scope, "node_task", { ...TASK, container: { ...CONTAINER, port: 80 } });
  });
  const definitions = resource["aws_ecs_task_definition"]?.["node_task"]?.["container_definitions"];
  expect(JSON.parse(String(definitions))).toEqual([
    expect.objectContaining({
      systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
    }),
  ]);
});

test("a container is told its port and more, and logs where it is told to", () => {
  const { resource } = synthesised((scope) => {
    const logs = {
      group: new LogGroup(scope, "logs", { name: "/ecs/go-app" }).name,
      region: "ap-northeast-1",
    };
    const environment = { START_DELAY_SECONDS: "5" };
    const secrets = { DB_PASSWORD: "arn:secret" };
    const container = { ...CONTAINER, environment, secrets, logs };
    new FargateTask(scope, "logging", { ...TASK, container });
    new FargateTask(scope, "silent", TASK);
  });
  const container = (name: string) =>
    JSON.parse(
      String(resource["aws_ecs_task_definition"]?.[name]?.["container_definitions"]),
    ) as unknown;
  const silent = {
    name: "go-app",
    image: "registry/golang-app:v1",
    essential: true,
    portMappings: [{ containerPort: 8080, protocol: "tcp" }],
    environment: [{ name: "PORT", value: "8080" }],
  };
  expect(container("silent")).toEqual([silent]);
  expect(container("logging")).toEqual([
    {
      ...silent,
      environment: [...silent.environment, { name: "START_DELAY_SECONDS", value: "5" }],
      secrets: [{ name: "DB_PASSWORD", valueFrom: "arn:secret" }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "${aws_cloudwatch_log_group.logs.name}",
          "awslogs-region": "ap-northeast-1",
          "awslogs-stream-prefix": "ecs",
        },
      },
    },
  ]);
  expect(resource["aws_cloudwatch_log_group"]?.["logs"]).toMatchObject({
    name: "/ecs/go-app",
    retention_in_days: 180,
  });
});

test("a service keeps two private tasks on a platform version that does not move, and leaves deploying to others", () => {
  const { resource } = synthesised((scope) => {
    new FargateService(scope, "go_service", SERVICE);
  });
  expect(resource["aws_ecs_service"]?.["go_service"]).toEqual({
    name: "go-app-hanako",
    cluster: "arn:cluster",
    task_definition: "arn:task:1",
    launch_type: "FARGATE",
    platform_version: "1.4.0",
    desired_count: 2,
    network_configuration: {
      subnets: ["subnet-1", "subnet-2"],
      security_groups: ["sg-1"],
      assign_public_ip: false,
    },
    lifecycle: { ignore_changes: ["task_definition"] },
  });
});

test("a service behind a load balancer gives its tasks a minute to start", () => {
  const { resource } = synthesised((scope) => {
    const target = { targetGroupArn: "arn:targets", containerName: "go-app", containerPort: 8080 };
    new FargateService(scope, "go_service", { ...SERVICE, target });
  });
  expect(resource["aws_ecs_service"]?.["go_service"]).toMatchObject({
    health_check_grace_period_seconds: 60,
    load_balancer: [
      { target_group_arn: "arn:targets", container_name: "go-app", container_port: 8080 },
    ],
  });
});

test("a service lets ECS Exec in where it is told to", () => {
  const { resource } = synthesised((scope) => {
    new FargateService(scope, "go_service", { ...SERVICE, enableExecuteCommand: true });
  });
  expect(resource["aws_ecs_service"]?.["go_service"]).toMatchObject({
    enable_execute_command: true,
  });
});

test("a cluster offers Fargate and Fargate Spot, with Container Insights", () => {
  const { resource } = synthesised((scope) => {
    new Cluster(scope, "cluster", { name: "workbook-hanako" });
  });
  expect(resource["aws_ecs_cluster"]?.["cluster"]).toEqual({
    name: "workbook-hanako",
    setting: [{ name: "containerInsights", value: "enabled" }],
  });
  expect(resource["aws_ecs_cluster_capacity_providers"]?.["cluster_capacity_providers"]).toEqual({
    cluster_name: "${aws_ecs_cluster.cluster.name}",
    capacity_providers: ["FARGATE", "FARGATE_SPOT"],
  });
});

test("a cluster is given capacity providers beside Fargate, each after its instances", () => {
  const { resource } = synthesised((scope) => {
    const cluster = new Cluster(scope, "cluster", { name: "workbook-hanako" });
    const ready = ["small", "large"].map((name) => cluster.addCapacityProvider(name));
    new CloudwatchLogGroup(scope, "usable", { dependsOn: ready });
  });
  expect(
    resource["aws_ecs_cluster_capacity_providers"]?.["cluster_capacity_providers"],
  ).toMatchObject({ capacity_providers: ["FARGATE", "FARGATE_SPOT", "small", "large"] });
  const providers = "aws_ecs_cluster_capacity_providers.cluster_capacity_providers";
  expect(resource["aws_cloudwatch_log_group"]?.["usable"]?.["depends_on"]).toContain(providers);
});
