import { useCheckedCloud } from "@workbook/lab-kit/testing";
import { expect, test } from "vitest";

import { clusterIsActive } from "../checks/cluster-active.ts";

const cloud = useCheckedCloud();
const cluster = clusterIsActive("cluster-active");

test("a cluster that does not exist is not deployed", async () => {
  expect(await cloud.run(cluster)).toMatchObject({ passed: false, fault: "not-deployed" });
});

test("a cluster is looked at for insights, then for providers", async () => {
  const clusterName = `workbook-${cloud.context.owner}`;
  await cloud.aws.ecs.createCluster({ clusterName });
  expect(await cloud.run(cluster)).toMatchObject({ passed: false, fault: "insights" });
  await cloud.aws.ecs.updateClusterSettings({
    cluster: clusterName,
    settings: [{ name: "containerInsights", value: "enabled" }],
  });
  expect(await cloud.run(cluster)).toMatchObject({ passed: false, fault: "providers" });
  await cloud.aws.ecs.putClusterCapacityProviders({
    cluster: clusterName,
    capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    defaultCapacityProviderStrategy: [],
  });
  expect(await cloud.run(cluster)).toMatchObject({
    passed: true,
    actual: { en: expect.stringContaining("0 container instances, 0 services, 0 tasks running") },
  });
});
