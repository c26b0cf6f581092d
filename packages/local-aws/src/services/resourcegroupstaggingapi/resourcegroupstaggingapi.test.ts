import * as iam from "@aws-sdk/client-iam";
import * as tagging from "@aws-sdk/client-resource-groups-tagging-api";
import * as sqs from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, TASKS_TRUST, type TestCloud } from "../../testing.ts";
import { loadAll } from "../table.ts";
import { taggable } from "./testing/taggable.ts";

let cloud: TestCloud;
let client: tagging.ResourceGroupsTaggingAPI;
let config: TestCloud["clientConfig"];
/** ARNs by the type that filters name. */
const arns = new Map<string, string>();
beforeAll(async () => {
  cloud = await startTestCloud();
  config = cloud.clientConfig;
  client = new tagging.ResourceGroupsTaggingAPI(config);
  for (const [type, make] of Object.entries(taggable(config))) arns.set(type, (await make())!);
});
afterAll(async () => {
  client.destroy();
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const found = async (input: tagging.GetResourcesCommandInput, from = client) =>
  (await from.getResources(input)).ResourceTagMappingList!.map(({ ResourceARN }) => ResourceARN!);

test("every service that has operations for tags says how they are found and changed", async () => {
  const isTagging = (name: string) =>
    /^(?:Tag|Untag|AddTags|RemoveTags|CreateTags|CreateOrUpdateTags)/.test(name);
  const lacking = (await loadAll()).filter(
    ({ id, tagging: told, handlers }) =>
      !told && id !== "resourcegroupstaggingapi" && Object.keys(handlers).some(isTagging),
  );
  expect(lacking.map(({ id }) => id)).toEqual([]);
});

test("tags of every service are written, found by key, value and type, and taken away", async () => {
  const all = [...arns.values()];
  expect(await found({})).toEqual([]);
  const tagged = await client.tagResources({
    ResourceARNList: all,
    Tags: { Team: "blue", Stage: "" },
  });
  expect(tagged.FailedResourcesMap).toEqual({});
  expect(await found({})).toEqual(all.toSorted());
  expect(await found({ TagFilters: [{ Key: "Team", Values: ["red", "blue"] }] })).toHaveLength(
    all.length,
  );
  expect(await found({ TagFilters: [{ Key: "Team", Values: ["red"] }] })).toEqual([]);
  expect(await found({ TagFilters: [{ Key: "Team" }, { Key: "Owner" }] })).toEqual([]);
  for (const [type, arn] of arns) {
    expect(await found({ ResourceTypeFilters: [type] })).toEqual([arn]);
    expect(await found({ ResourceTypeFilters: [type.split(":")[0]!] })).toContain(arn);
  }
  const one = [all[0]!, `${all[0]}-gone`];
  const { ResourceTagMappingList } = await client.getResources({ ResourceARNList: one });
  expect(ResourceTagMappingList).toEqual([
    {
      ResourceARN: all[0],
      Tags: [
        { Key: "Team", Value: "blue" },
        { Key: "Stage", Value: "" },
      ],
    },
  ]);
  expect((await client.getTagKeys({})).TagKeys).toEqual(["Stage", "Team"]);
  expect((await client.getTagValues({ Key: "Team" })).TagValues).toEqual(["blue"]);
  const { FailedResourcesMap } = await client.untagResources({
    ResourceARNList: all,
    TagKeys: ["Team", "Stage", "none"],
  });
  expect(FailedResourcesMap).toEqual({});
  expect(await found({})).toEqual([]);
});

test("what the service itself says of its tags is what is found", async () => {
  const queues = new sqs.SQS(config);
  const { QueueUrl } = await queues.createQueue({ QueueName: "own", tags: { Own: "1" } });
  expect(await found({ TagFilters: [{ Key: "Own" }] })).toEqual([expect.stringMatching(/:own$/)]);
  const [arn] = await found({ TagFilters: [{ Key: "Own" }] });
  await client.tagResources({ ResourceARNList: [arn!], Tags: { Own: "2", More: "3" } });
  expect((await queues.listQueueTags({ QueueUrl })).Tags).toEqual({ Own: "2", More: "3" });
  await queues.deleteQueue({ QueueUrl });
  expect(await found({ TagFilters: [{ Key: "Own" }] })).toEqual([]);
});

test("what cannot be tagged is told for itself, and the others are", async () => {
  const good = arns.get("sns:topic")!;
  const gone = `${good}-gone`;
  const nonsense = "arn:aws:nonsense:ap-northeast-1:123456789012:thing/a";
  const elsewhere = good.replace("ap-northeast-1", "us-west-2");
  const list = [gone, nonsense, elsewhere, good, "nothing"];
  const { FailedResourcesMap } = await client.tagResources({
    ResourceARNList: list,
    Tags: { Part: "1" },
  });
  expect(Object.keys(FailedResourcesMap!).toSorted()).toEqual(
    [gone, nonsense, elsewhere, "nothing"].toSorted(),
  );
  expect(FailedResourcesMap![nonsense]).toMatchObject({
    StatusCode: 400,
    ErrorCode: "InvalidParameterException",
  });
  expect(FailedResourcesMap![gone]).toMatchObject({ ErrorMessage: expect.stringMatching(/exist/) });
  expect(await found({ TagFilters: [{ Key: "Part" }] })).toEqual([good]);
  const reserved = await client.tagResources({ ResourceARNList: [good], Tags: { "aws:x": "1" } });
  expect(Object.keys(reserved.FailedResourcesMap!)).toEqual([good]);
  await client.untagResources({ ResourceARNList: [good], TagKeys: ["Part"] });
});

test("roles are tagged, and not found; policies are found in us-east-1", async () => {
  const client_ = new iam.IAM(config);
  const AssumeRolePolicyDocument = TASKS_TRUST;
  const { Role } = await client_.createRole({ RoleName: "tagged", AssumeRolePolicyDocument });
  const PolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }],
  });
  const { Policy } = await client_.createPolicy({ PolicyName: "tagged", PolicyDocument });
  const home = new tagging.ResourceGroupsTaggingAPI({ ...config, region: "us-east-1" });
  const list = [Role!.Arn!, Policy!.Arn!];
  const done = await home.tagResources({ ResourceARNList: list, Tags: { Of: "iam" } });
  expect(done.FailedResourcesMap).toEqual({});
  expect((await client_.listRoleTags({ RoleName: "tagged" })).Tags).toEqual([
    { Key: "Of", Value: "iam" },
  ]);
  const TagFilters = [{ Key: "Of" }];
  expect(await found({ TagFilters }, home)).toEqual([Policy!.Arn]);
  expect(await found({ TagFilters })).toEqual([]);
});

test("resources come in pages, of so many, or with so many tags", async () => {
  const list = [...arns.values()].slice(0, 5);
  const key = (at: number) => `key-${at}`;
  const Tags = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [key(at), "x"]));
  await client.tagResources({ ResourceARNList: list, Tags });
  const all = async (input: tagging.GetResourcesCommandInput): Promise<number[]> => {
    const sizes: number[] = [];
    const seen = new Set<string>();
    let PaginationToken = "";
    do {
      const answer = await client.getResources({ ...input, PaginationToken });
      sizes.push(answer.ResourceTagMappingList!.length);
      for (const { ResourceARN } of answer.ResourceTagMappingList!) seen.add(ResourceARN!);
      PaginationToken = answer.PaginationToken!;
    } while (PaginationToken !== "");
    expect([...seen]).toEqual(list.toSorted());
    return sizes;
  };
  expect(await all({ ResourcesPerPage: 2 })).toEqual([2, 2, 1]);
  expect(await all({ TagsPerPage: 100 })).toEqual([2, 2, 1]);
  expect(await all({ TagsPerPage: 100, ResourcesPerPage: 1 })).toEqual([1, 1, 1, 1, 1]);
  await client.untagResources({ ResourceARNList: list, TagKeys: Object.keys(Tags) });
});

test.each<[what: string, input: tagging.GetResourcesCommandInput, words: RegExp]>([
  ["ARNs with types", { ResourceARNList: ["a"], ResourceTypeFilters: ["ecs"] }, /together/],
  ["ARNs with pages", { ResourceARNList: ["a"], ResourcesPerPage: 2 }, /together/],
  ["pages of none", { ResourcesPerPage: 0 }, /ResourcesPerPage/],
  ["pages of 150 tags", { TagsPerPage: 150 }, /TagsPerPage/],
  ["a token of its own", { PaginationToken: "nonsense" }, /pagination token/],
  ["compliance", { IncludeComplianceDetails: true }, /IncludeComplianceDetails/],
])("%s cannot be asked for", async (_what, input, words) => {
  await expect(client.getResources(input)).rejects.toThrow(words);
});

test("who may not tag a resource by its service may not by this one either", async () => {
  const own = new iam.IAM(config);
  await own.createUser({ UserName: "tagger" });
  const statement = (Action: string) => ({ Effect: "Allow", Action, Resource: "*" });
  const allow = (...actions: string[]) =>
    own.putUserPolicy({
      UserName: "tagger",
      PolicyName: "p",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: actions.map(statement),
      }),
    });
  const { AccessKey } = await own.createAccessKey({ UserName: "tagger" });
  const credentials = {
    accessKeyId: AccessKey!.AccessKeyId!,
    secretAccessKey: AccessKey!.SecretAccessKey!,
  };
  const theirs = new tagging.ResourceGroupsTaggingAPI({ ...config, credentials });
  const input = {
    ResourceARNList: [arns.get("ecs:cluster")!, arns.get("sqs:queue")!],
    Tags: { Mine: "1" },
  };
  await allow("sts:GetCallerIdentity");
  await expect(theirs.tagResources(input)).rejects.toThrow("tag:TagResources");
  await allow("tag:TagResources", "sqs:TagQueue");
  const { FailedResourcesMap } = await theirs.tagResources(input);
  expect(Object.keys(FailedResourcesMap!)).toEqual([arns.get("ecs:cluster")]);
  expect(FailedResourcesMap![arns.get("ecs:cluster")!]).toMatchObject({
    ErrorCode: "AccessDeniedException",
    ErrorMessage: expect.stringContaining("ecs:TagResource"),
  });
  await allow("tag:TagResources", "ecs:TagResource", "sqs:TagQueue");
  expect((await theirs.tagResources(input)).FailedResourcesMap).toEqual({});
});
