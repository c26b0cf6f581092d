import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DiscoverPollEndpointCommand,
  ECSClient,
  ListAccountSettingsCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutAccountSettingCommand,
  PutAccountSettingDefaultCommand,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterCommand,
  UpdateClusterSettingsCommand,
  type SettingName,
} from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { refusal, startControlPlane } from "./testing/control-plane.ts";

const { ecs } = await startControlPlane();

const create = (clusterName: string, more = {}) =>
  ecs.send(new CreateClusterCommand({ clusterName, ...more }));

test("a new cluster is ACTIVE, with container insights as the account has them", async () => {
  const { cluster } = await create("plain");
  expect(cluster).toEqual({
    clusterArn: expect.stringMatching(/^arn:aws:ecs:ap-northeast-1:\d{12}:cluster\/plain$/),
    clusterName: "plain",
    status: "ACTIVE",
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [{ name: "containerInsights", value: "disabled" }],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
  });
});

test("creating a cluster that is there answers with it as it is", async () => {
  await create("twice", { tags: [{ key: "a", value: "1" }] });
  const { cluster } = await create("twice", { tags: [{ key: "a", value: "2" }] });
  expect(cluster!.tags).toEqual([{ key: "a", value: "1" }]);
});

test("DescribeClusters shows what is included alone, and failures for what is missing", async () => {
  await create("shown", {
    settings: [{ name: "containerInsights", value: "enhanced" }],
    tags: [{ key: "a", value: "1" }],
  });
  const bare = await ecs.send(new DescribeClustersCommand({ clusters: ["shown", "nowhere"] }));
  expect(bare.clusters![0]).toMatchObject({ settings: [], tags: [], statistics: [] });
  expect(bare.failures).toEqual([
    { arn: expect.stringMatching(/:cluster\/nowhere$/), reason: "MISSING" },
  ]);
  const { clusters } = await ecs.send(
    new DescribeClustersCommand({
      clusters: [bare.clusters![0]!.clusterArn!],
      include: ["SETTINGS", "TAGS", "STATISTICS"],
    }),
  );
  expect(clusters![0]).toMatchObject({
    settings: [{ name: "containerInsights", value: "enhanced" }],
    tags: [{ key: "a", value: "1" }],
  });
  expect(clusters![0]!.statistics).toContainEqual({ name: "runningFargateTasksCount", value: "0" });
});

test("a cluster's strategy names its own capacity providers alone", async () => {
  await create("providers");
  const put = (capacityProviders: string[], capacityProvider: string) =>
    ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: "providers",
        capacityProviders,
        defaultCapacityProviderStrategy: [{ capacityProvider, weight: 1 }],
      }),
    );
  const { cluster } = await put(["FARGATE", "FARGATE_SPOT"], "FARGATE_SPOT");
  expect(cluster!.capacityProviders).toEqual(["FARGATE", "FARGATE_SPOT"]);
  expect(cluster!.defaultCapacityProviderStrategy).toEqual([
    { capacityProvider: "FARGATE_SPOT", weight: 1, base: 0 },
  ]);
  expect(await refusal(put(["FARGATE"], "FARGATE_SPOT"))).toMatchObject({
    name: "InvalidParameterException",
  });
  expect(await refusal(put(["mine"], "mine"))).toMatchObject({ name: "ClientException" });
  const { capacityProviders } = await ecs.send(new DescribeCapacityProvidersCommand({}));
  expect(capacityProviders!.map(({ name, status }) => [name, status])).toEqual([
    ["FARGATE", "ACTIVE"],
    ["FARGATE_SPOT", "ACTIVE"],
  ]);
});

test("settings are updated, and the account's default applies to new clusters", async () => {
  await create("insights");
  const { cluster } = await ecs.send(
    new UpdateClusterSettingsCommand({
      cluster: "insights",
      settings: [{ name: "containerInsights", value: "enabled" }],
    }),
  );
  expect(cluster!.settings).toEqual([{ name: "containerInsights", value: "enabled" }]);
  await ecs.send(
    new PutAccountSettingDefaultCommand({ name: "containerInsights", value: "enhanced" }),
  );
  const { settings } = await ecs.send(
    new ListAccountSettingsCommand({ name: "containerInsights", effectiveSettings: true }),
  );
  expect(settings![0]!.value).toBe("enhanced");
  const after = await create("by-default");
  expect(after.cluster!.settings![0]!.value).toBe("enhanced");
});

test("a setting has the values that AWS knows, for clusters and for the account", async () => {
  await create("valued");
  const refused = {
    name: "InvalidParameterException",
    message: "Invalid setting 'value'",
  };
  const settings = [{ name: "containerInsights", value: "ENABLED" } as const];
  const cluster = "valued";
  for (const call of [
    () => create("another", { settings }),
    () => ecs.send(new UpdateClusterCommand({ cluster, settings })),
    () => ecs.send(new UpdateClusterSettingsCommand({ cluster, settings })),
  ])
    expect(await refusal(call())).toEqual(refused);
  const account: [SettingName, string, string][] = [
    ["awsvpcTrunking", "enabled", "on"],
    ["containerInsights", "enhanced", "true"],
    ["defaultLogDriverMode", "blocking", "enabled"],
    ["fargateEventWindows", "enabled", "on"],
    ["fargateTaskRetirementWaitPeriod", "14", "8"],
    ["tagResourceAuthorization", "off", "disabled"],
    ["taskLongArnFormat", "enabled", "Enabled"],
  ];
  for (const [name, known, unknown] of account)
    for (const Command of [PutAccountSettingCommand, PutAccountSettingDefaultCommand]) {
      const { setting } = await ecs.send(new Command({ name, value: known }));
      expect(setting).toMatchObject({ name, value: known });
      expect(await refusal(ecs.send(new Command({ name, value: unknown })))).toEqual(refused);
    }
  // Amazon GuardDuty alone sets it.
  const guard = new PutAccountSettingCommand({ name: "guardDutyActivate", value: "on" });
  expect(await refusal(ecs.send(guard))).toEqual({ ...refused, message: "Invalid setting 'name'" });
});

test("tags are set, replaced and removed", async () => {
  const { cluster } = await create("tagged", { tags: [{ key: "a", value: "1" }] });
  const resourceArn = cluster!.clusterArn!;
  const tags = async () => (await ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
  await ecs.send(
    new TagResourceCommand({
      resourceArn,
      tags: [
        { key: "a", value: "2" },
        { key: "b", value: "" },
      ],
    }),
  );
  expect(await tags()).toEqual([
    { key: "a", value: "2" },
    { key: "b", value: "" },
  ]);
  await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
  expect(await tags()).toEqual([{ key: "b", value: "" }]);
});

test("a deleted cluster is INACTIVE: described still, listed no more, and can be made again", async () => {
  const { cluster } = await create("gone", { tags: [{ key: "a", value: "1" }] });
  await ecs.send(new DeleteClusterCommand({ cluster: "gone" }));
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ["gone"] }));
  expect(clusters![0]!.status).toBe("INACTIVE");
  const { clusterArns } = await ecs.send(new ListClustersCommand({}));
  expect(clusterArns).not.toContain(cluster!.clusterArn);
  expect(await refusal(ecs.send(new DeleteClusterCommand({ cluster: "gone" })))).toEqual({
    name: "ClusterNotFoundException",
    message: "Cluster not found.",
  });
  expect((await create("gone")).cluster).toMatchObject({ status: "ACTIVE", tags: [] });
});

test("lists come in pages that meet without a gap", async () => {
  const seen: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(new ListClustersCommand({ maxResults: 2, nextToken }));
    expect(page.clusterArns!.length).toBeLessThanOrEqual(2);
    seen.push(...page.clusterArns!);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const all = await ecs.send(new ListClustersCommand({}));
  expect(seen).toEqual(all.clusterArns!.toSorted());
  expect(seen.length).toBeGreaterThan(3);
  expect(await refusal(ecs.send(new ListClustersCommand({ nextToken: "bm8" })))).toMatchObject({
    name: "InvalidParameterException",
  });
  const cluster = "plain";
  for (const [list, most] of [
    [(maxResults: number) => ecs.send(new ListClustersCommand({ maxResults })), 100],
    [(maxResults: number) => ecs.send(new ListServicesCommand({ cluster, maxResults })), 100],
    [(maxResults: number) => ecs.send(new ListTasksCommand({ cluster, maxResults })), 100],
    [(maxResults: number) => ecs.send(new ListTaskDefinitionsCommand({ maxResults })), 100],
    [(maxResults: number) => ecs.send(new ListTaskDefinitionFamiliesCommand({ maxResults })), 100],
    [(maxResults: number) => ecs.send(new ListAccountSettingsCommand({ maxResults })), 10],
    [(maxResults: number) => ecs.send(new DescribeCapacityProvidersCommand({ maxResults })), 10],
  ] as const) {
    for (const wrong of [0, -1, most + 1])
      expect(await refusal(list(wrong))).toEqual({
        name: "InvalidParameterException",
        message: `maxResults must be between 1 and ${most}.`,
      });
    await list(most);
  }
});

test("there are no container instances, and one that is asked for is missing", async () => {
  await create("serverless");
  const { containerInstances, failures } = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster: "serverless", containerInstances: ["abc"] }),
  );
  expect(containerInstances).toEqual([]);
  expect(failures![0]!.reason).toBe("MISSING");
});

test("agents of a cluster that is there are told where the API is", async () => {
  await create("polled");
  const { endpoint } = await ecs.send(new DiscoverPollEndpointCommand({ cluster: "polled" }));
  const { credentials, region } = ecs.config;
  const there = new ECSClient({ credentials, region, endpoint: endpoint! });
  const { clusterArns } = await there.send(new ListClustersCommand({}));
  expect(clusterArns).toContainEqual(expect.stringContaining("cluster/polled"));
  const missing = ecs.send(new DiscoverPollEndpointCommand({ cluster: "nowhere" }));
  expect(await refusal(missing)).toMatchObject({ name: "ClusterNotFoundException" });
});
