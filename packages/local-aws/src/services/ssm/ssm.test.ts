import { CreateKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from "@aws-sdk/client-kms";
import * as ssm from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";
import { parameters } from "./state.ts";

const ACCOUNT = "123456789012";
let cloud: TestCloud;
let client: ssm.SSMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  client = new ssm.SSMClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const put = (Name: string, Value: string, more: Partial<ssm.PutParameterCommandInput> = {}) =>
  client.send(new ssm.PutParameterCommand({ Name, Value, Type: "String", ...more }));
const get = async (Name: string, WithDecryption?: boolean) =>
  (await client.send(new ssm.GetParameterCommand({ Name, WithDecryption }))).Parameter!;
const over = { Overwrite: true } as const;

test("a parameter is read by its name, its ARN, its version and its label", async () => {
  expect(await put("/app/url", "one")).toMatchObject({ Version: 1, Tier: "Standard" });
  await put("/app/url", "two", over);
  await client.send(
    new ssm.LabelParameterVersionCommand({
      Name: "/app/url",
      Labels: ["live"],
      ParameterVersion: 1,
    }),
  );
  const ARN = `arn:aws:ssm:${TEST_REGION}:${ACCOUNT}:parameter/app/url`;
  const whole = {
    Name: "/app/url",
    Type: "String",
    Value: "two",
    Version: 2,
    ARN,
    DataType: "text",
  };
  for (const name of ["/app/url", ARN]) expect(await get(name)).toMatchObject(whole);
  expect(await get("/app/url:1")).toMatchObject({ Value: "one", Selector: ":1" });
  expect(await get("/app/url:live")).toMatchObject({ Value: "one", Selector: ":live" });
  await expect(get("/app/url:9")).rejects.toMatchObject({
    name: "ParameterVersionNotFound",
    message:
      "Systems Manager could not find version 9 of /app/url. Verify the version and try again.",
  });
  await expect(get("/app/nothing")).rejects.toMatchObject({ name: "ParameterNotFound" });
  await put("plain", "p");
  expect(await get(`arn:aws:ssm:${TEST_REGION}:${ACCOUNT}:parameter/plain`)).toMatchObject({
    Name: "plain",
  });
});

test("a parameter is written over only by who says so, and its tags not in the same call", async () => {
  await put("/over", "a");
  await expect(put("/over", "b")).rejects.toMatchObject({
    name: "ParameterAlreadyExists",
    message:
      "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
  });
  await expect(
    put("/over", "b", { ...over, Tags: [{ Key: "a", Value: "" }] }),
  ).rejects.toMatchObject({ name: "ValidationException" });
  await expect(put("/over", "b", { ...over, Type: "SecureString" })).rejects.toMatchObject({
    name: "HierarchyTypeMismatchException",
  });
  expect(await put("/over", "b", { ...over, Type: undefined })).toMatchObject({ Version: 2 });
});

test.each([
  ["aws/x", "ValidationException"],
  ["/aws/x", "AccessDeniedException"],
  ["/ssm-mine", "ValidationException"],
  ["a/b", "ValidationException"],
  ["/a b", "ValidationException"],
  [`/${Array.from({ length: 16 }, () => "x").join("/")}`, "HierarchyLevelLimitExceededException"],
])("the name %s is refused: %s", async (name, code) => {
  await expect(put(name, "x")).rejects.toMatchObject({ name: code });
});

test("values have a size, by tier, and a pattern, where one is given", async () => {
  const long = "x".repeat(4097);
  await expect(put("/long", long)).rejects.toMatchObject({
    message: expect.stringContaining("maximum parameter value of 4096"),
  });
  expect(await put("/long", long, { Tier: "Intelligent-Tiering" })).toMatchObject({
    Tier: "Advanced",
  });
  await expect(put("/long", "short", { ...over, Tier: "Standard" })).rejects.toMatchObject({
    message: expect.stringContaining("can't downgrade"),
  });
  await put("/number", "12", { AllowedPattern: "^\\d+$" });
  await expect(put("/other", "x", { AllowedPattern: "^\\d+$" })).rejects.toMatchObject({
    name: "ParameterPatternMismatchException",
  });
  await expect(put("/other", "x", { AllowedPattern: "(" })).rejects.toMatchObject({
    name: "InvalidAllowedPatternException",
  });
  await expect(put("/other", "x", { DataType: "aws:ec2:image" })).rejects.toMatchObject({
    name: "ValidationException",
  });
  await expect(put("/other", "x", { Policies: "[{}]" })).rejects.toMatchObject({
    name: "NotImplemented",
  });
});

test("a SecureString is encrypted under the key that it names, and read in clear by who asks for it", async () => {
  const kms = new KMSClient(cloud.clientConfig);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  const KeyId = KeyMetadata!.KeyId!;
  await put("/secret/own", "hidden", { Type: "SecureString", KeyId });
  await put("/secret/default", "hidden too", { Type: "SecureString" });
  expect((await get("/secret/own")).Value).not.toContain("hidden");
  expect(await get("/secret/own", true)).toMatchObject({ Type: "SecureString", Value: "hidden" });
  expect(await get("/secret/default", true)).toMatchObject({ Value: "hidden too" });
  const { Parameters } = await client.send(
    new ssm.DescribeParametersCommand({
      ParameterFilters: [{ Key: "KeyId", Values: ["alias/aws/ssm"] }],
    }),
  );
  expect(Parameters).toMatchObject([{ Name: "/secret/default", KeyId: "alias/aws/ssm" }]);
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
  await expect(get("/secret/own", true)).rejects.toMatchObject({ name: "InvalidKeyId" });
  await expect(
    put("/secret/no", "x", { Type: "SecureString", KeyId: "alias/none" }),
  ).rejects.toMatchObject({ name: "InvalidKeyId" });
  kms.destroy();
});

test("some are read at once, and those that are not there are named", async () => {
  await put("/some/a", "1");
  const Names = ["/some/a", "/some/none", "/some/a:7"];
  const read = await client.send(new ssm.GetParametersCommand({ Names }));
  expect(read.Parameters!.map(({ Name, Value }) => [Name, Value])).toEqual([["/some/a", "1"]]);
  expect(read.InvalidParameters).toEqual(["/some/none", "/some/a:7"]);
});

test("those below a path are read level by level or all, page by page", async () => {
  for (const name of ["/tree/a", "/tree/b/c", "/tree/b/d", "/treetop"]) await put(name, "x");
  const names = async (Path: string, Recursive: boolean, more: object = {}) => {
    const seen: string[] = [];
    for await (const { Parameters } of ssm.paginateGetParametersByPath(
      { client, pageSize: 1 },
      { Path, Recursive, ...more },
    ))
      seen.push(...Parameters!.map(({ Name }) => Name!));
    return seen;
  };
  expect(await names("/tree", false)).toEqual(["/tree/a"]);
  expect(await names("/tree/", true)).toEqual(["/tree/a", "/tree/b/c", "/tree/b/d"]);
  await client.send(new ssm.LabelParameterVersionCommand({ Name: "/tree/b/c", Labels: ["here"] }));
  const ParameterFilters = [{ Key: "Label", Option: "Equals", Values: ["here"] }];
  expect(await names("/tree", true, { ParameterFilters })).toEqual(["/tree/b/c"]);
  await expect(names("tree", true)).rejects.toMatchObject({ name: "ValidationException" });
  const wrong = { ParameterFilters: [{ Key: "Name", Values: ["x"] }] };
  await expect(names("/tree", true, wrong)).rejects.toMatchObject({ name: "InvalidFilterKey" });
});

test("what a parameter was is kept, with its labels, up to a hundred versions", async () => {
  await put("/history", "1");
  await put("/history", "2", { ...over, Description: "second" });
  const label = (Labels: string[]) =>
    client.send(
      new ssm.LabelParameterVersionCommand({ Name: "/history", Labels, ParameterVersion: 1 }),
    );
  expect(await label(["good", "aws-no", "9no"])).toMatchObject({
    InvalidLabels: ["aws-no", "9no"],
    ParameterVersion: 1,
  });
  const history = async () =>
    (await client.send(new ssm.GetParameterHistoryCommand({ Name: "/history" }))).Parameters!;
  expect(await history()).toMatchObject([
    { Version: 1, Value: "1", Labels: ["good"] },
    { Version: 2, Description: "second", Labels: [] },
  ]);
  for (let version = 3; version <= 100; version++) await put("/history", String(version), over);
  await expect(put("/history", "101", over)).rejects.toMatchObject({
    name: "ParameterMaxVersionLimitExceeded",
  });
  const unlabel = new ssm.UnlabelParameterVersionCommand({
    Name: "/history",
    Labels: ["good", "bad"],
    ParameterVersion: 1,
  });
  expect(await client.send(unlabel)).toMatchObject({
    RemovedLabels: ["good"],
    InvalidLabels: ["bad"],
  });
  expect(await put("/history", "101", over)).toMatchObject({ Version: 101 });
  expect((await history())[0]).toMatchObject({ Version: 2 });
});

test("parameters are found by name, path and tag", async () => {
  await put("/found/one", "x", { Tags: [{ Key: "team", Value: "blue" }] });
  await put("/found/deep/two", "x");
  const names = async (...ParameterFilters: ssm.ParameterStringFilter[]) => {
    const found = await client.send(
      new ssm.DescribeParametersCommand({ ParameterFilters, MaxResults: 50 }),
    );
    return found.Parameters!.map(({ Name }) => Name);
  };
  expect(await names({ Key: "Name", Option: "Contains", Values: ["found"] })).toEqual([
    "/found/deep/two",
    "/found/one",
  ]);
  expect(await names({ Key: "Path", Option: "OneLevel", Values: ["/found"] })).toEqual([
    "/found/one",
  ]);
  expect(await names({ Key: "tag:team", Values: ["blue", "red"] })).toEqual(["/found/one"]);
  await expect(names({ Key: "Tier", Option: "BeginsWith", Values: ["S"] })).rejects.toMatchObject({
    name: "InvalidFilterOption",
  });
});

test("tags are laid over each other and taken off", async () => {
  await put("/tagged", "x", { Tags: [{ Key: "a", Value: "1" }] });
  const of = { ResourceType: "Parameter", ResourceId: "/tagged" } as const;
  await client.send(new ssm.AddTagsToResourceCommand({ ...of, Tags: [{ Key: "b", Value: "2" }] }));
  await client.send(new ssm.RemoveTagsFromResourceCommand({ ...of, TagKeys: ["a"] }));
  const { TagList } = await client.send(new ssm.ListTagsForResourceCommand(of));
  expect(TagList).toEqual([{ Key: "b", Value: "2" }]);
  const none = new ssm.ListTagsForResourceCommand({ ...of, ResourceId: "/none" });
  await expect(client.send(none)).rejects.toMatchObject({ name: "InvalidResourceId" });
});

test("a region has ten thousand parameters of the standard tier, and more of the advanced one", async () => {
  const elsewhere = new ssm.SSMClient({ ...cloud.clientConfig, region: "eu-west-1" });
  const one = new ssm.PutParameterCommand({ Name: "0", Value: "x", Type: "String" });
  await elsewhere.send(one);
  const { store } = cloud.cloud;
  const scope = store.scope(ACCOUNT, "eu-west-1");
  const first = scope.of(parameters).get("0")!;
  store.transaction(() => {
    for (let n = 1; n < 10_000; n++) scope.of(parameters).put(`${n}`, { ...first, name: `${n}` });
  });
  const more = (Tier: ssm.ParameterTier, Overwrite = false) =>
    elsewhere.send(
      new ssm.PutParameterCommand({
        ...one.input,
        Name: Overwrite ? "0" : "more",
        Tier,
        Overwrite,
      }),
    );
  await expect(more("Standard")).rejects.toMatchObject({ name: "ParameterLimitExceeded" });
  expect(await more("Standard", true)).toMatchObject({ Version: 2 });
  expect(await more("Advanced")).toMatchObject({ Tier: "Advanced" });
  elsewhere.destroy();
});

test("what is deleted is gone, and its name free", async () => {
  await put("/gone/a", "x");
  const both = await client.send(
    new ssm.DeleteParametersCommand({ Names: ["/gone/a", "/gone/b"] }),
  );
  expect(both).toMatchObject({ DeletedParameters: ["/gone/a"], InvalidParameters: ["/gone/b"] });
  const again = new ssm.DeleteParameterCommand({ Name: "/gone/a" });
  await expect(client.send(again)).rejects.toMatchObject({ name: "ParameterNotFound" });
  expect(await put("/gone/a", "y")).toMatchObject({ Version: 1 });
});

test("the public parameters of AWS for Fluent Bit say where its images are, by tag", async () => {
  const path = "/aws/service/aws-for-fluent-bit";
  const image = "906394416424.dkr.ecr.ap-northeast-1.amazonaws.com/aws-for-fluent-bit";
  expect(await get(`${path}/latest`)).toMatchObject({
    ARN: `arn:aws:ssm:ap-northeast-1::parameter${path}/latest`,
    Value: `${image}:latest`,
  });
  const { Value = "" } = (await get(`${path}/stable`))!;
  expect(Value).toMatch(new RegExp(`^${image}:\\d+\\.`));
  const version = Value.slice(image.length + 1);
  expect(await get(`${path}/${version}`)).toMatchObject({ Value });
  const { Parameters } = await client.send(new ssm.GetParametersByPathCommand({ Path: path }));
  expect(Parameters!.map(({ Name }) => Name)).toContain(`${path}/init-stable`);
});

test("the public parameters of the ECS-optimized images are read beside", async () => {
  const name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id";
  expect(await get(name)).toMatchObject({ Name: name, Value: expect.stringMatching(/^ami-/) });
  await expect(get("/aws/service/none")).rejects.toMatchObject({ name: "ParameterNotFound" });
});
