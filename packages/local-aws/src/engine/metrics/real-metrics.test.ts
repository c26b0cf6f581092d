import * as cw from "@aws-sdk/client-cloudwatch";
import { UpdateClusterSettingsCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebServices } from "../scheduler/testing/web-services.ts";
import type { Web } from "../scheduler/testing/web.ts";

let services: WebServices;
let client: cw.CloudWatchClient;
let web: Web;
beforeAll(async () => {
  services = await WebServices.start();
  const { cloud } = services;
  client = new cw.CloudWatchClient(cloud.test.clientConfig);
  const settings = [{ name: "containerInsights", value: "enabled" }] as const;
  await cloud.ecs.send(new UpdateClusterSettingsCommand({ cluster: "c", settings: [...settings] }));
  web = await services.create("web", { VERSION: "one" });
  await services.steady("web");
  for (let count = 0; count < 20; count++) await (await fetch(web.url)).text();
}, 120_000);
afterAll(async () => {
  client.destroy();
  await services.stop();
}, 60_000);

const SERVICE = { ClusterName: "c", ServiceName: "web" };
const suffix = (arn: string) => arn.slice(arn.indexOf("targetgroup/"));

/** A metric's statistic over all that there has been; undefined where there was nothing. */
async function read(
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  Stat: string,
): Promise<number | undefined> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const metric = { Metric: { Namespace, MetricName, Dimensions }, Period: 86_400, Stat };
  const { MetricDataResults } = await client.send(
    new cw.GetMetricDataCommand({
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: [{ Id: "m", MetricStat: metric }],
    }),
  );
  return MetricDataResults![0]!.Values![0];
}

const seen = (look: () => Promise<number | undefined>, least: number) =>
  vi.waitFor(
    async () => {
      const value = await look();
      expect(value).toBeGreaterThanOrEqual(least);
      return value!;
    },
    { timeout: 60_000, interval: 100 },
  );

test("a service's tasks use processor and memory, of their cluster as well", async () => {
  for (const dimensions of [SERVICE, { ClusterName: "c" }]) {
    const maximum = (name: string) => read("AWS/ECS", name, dimensions, "Maximum");
    expect(await seen(() => maximum("CPUUtilization"), 0.001)).toBeLessThan(10_000);
    // 512 MiB are reserved, and Node takes more than a hundredth of it.
    expect(await seen(() => maximum("MemoryUtilization"), 1)).toBeLessThan(100);
  }
});

test("Container Insights count tasks and what they reserve", async () => {
  const maximum = (name: string) => read("ECS/ContainerInsights", name, SERVICE, "Maximum");
  await seen(() => maximum("RunningTaskCount"), 2);
  expect(await maximum("DesiredTaskCount")).toBe(2);
  expect(await maximum("CpuReserved")).toBe(512);
  expect(await maximum("MemoryReserved")).toBe(1024);
  expect(await maximum("EphemeralStorageReserved")).toBe(40);
  expect(await maximum("TaskSetCount")).toBe(0);
  const ofFamily = { ClusterName: "c", TaskDefinitionFamily: "web" };
  expect(await read("ECS/ContainerInsights", "CpuReserved", ofFamily, "Maximum")).toBe(512);
  const ofCluster = { ClusterName: "c" };
  expect(await read("ECS/ContainerInsights", "TaskCount", ofCluster, "Maximum")).toBe(2);
  expect(await read("ECS/ContainerInsights", "ContainerInstanceCount", ofCluster, "Maximum")).toBe(
    0,
  );
});

test("a load balancer counts requests, answers and the time they took", async () => {
  const TargetGroup = suffix(web.targetGroupArn);
  const { Metrics } = await vi.waitFor(
    async () => {
      const answer = await client.send(
        new cw.ListMetricsCommand({
          Namespace: "AWS/ApplicationELB",
          MetricName: "TargetResponseTime",
          Dimensions: [{ Name: "TargetGroup", Value: TargetGroup }],
        }),
      );
      expect(answer.Metrics).toHaveLength(1);
      return answer;
    },
    { timeout: 60_000, interval: 100 },
  );
  const { Value: LoadBalancer } = Metrics![0]!.Dimensions!.find(
    (it) => it.Name === "LoadBalancer",
  )!;
  const of = (name: string, Stat: string, dimensions: Readonly<Record<string, string>>) =>
    read("AWS/ApplicationELB", name, dimensions, Stat);
  const whole = { LoadBalancer: LoadBalancer! };
  const both = { ...whole, TargetGroup };
  await seen(() => of("RequestCount", "Sum", both), 20);
  await seen(() => of("RequestCount", "Sum", whole), 20);
  await seen(() => of("HTTPCode_Target_2XX_Count", "Sum", whole), 20);
  await seen(() => of("NewConnectionCount", "Sum", whole), 1);
  await seen(() => of("ActiveConnectionCount", "Sum", whole), 1);
  // Each of the requests and answers has a head of more than fifty bytes.
  await seen(() => of("ProcessedBytes", "Sum", whole), 20 * 100);
  await seen(() => of("ConsumedLCUs", "Maximum", whole), 1e-6);
  await seen(() => of("HealthyHostCount", "Maximum", both), 2);
  await seen(() => of("RequestCountPerTarget", "Sum", { TargetGroup }), 10);
  // It answers after five milliseconds.
  const median = await seen(() => of("TargetResponseTime", "p50", both), 0.004);
  expect(median).toBeLessThanOrEqual((await of("TargetResponseTime", "p99", both))!);
});

test("what tasks write counts for their log group", async () => {
  const sum = (name: string) => read("AWS/Logs", name, { LogGroupName: "/tasks" }, "Sum");
  await seen(() => sum("IncomingLogEvents"), 2);
  expect(await seen(() => sum("IncomingBytes"), 52)).toBeGreaterThan(0);
});
