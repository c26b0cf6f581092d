import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { expect, onTestFinished, test } from "vitest";
import { inLane, namesIn } from "../src/index.ts";
import { Bench } from "./support/bench.ts";
import { REGION, type Stack } from "./support/stack.ts";

/** Each test starts providers of its own, on a machine that does other things as well. */
const TIMEOUT_MS = 240_000;
const bench = Bench.forThisFile();

const group = (name: string, more: object = {}) => ({
  aws_cloudwatch_log_group: { one: { name, ...more } },
});

/** The names of log groups, and a tag of theirs, as the cloud has them. */
async function groupsIn(region: string, prefix: string): Promise<Record<string, string>> {
  const { endpoint, credentials } = bench.cloud;
  const logs = new CloudWatchLogs({ endpoint, credentials, region });
  onTestFinished(() => logs.destroy());
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: prefix });
  const tagged = logGroups.map(async ({ logGroupName, logGroupArn }) => {
    const { tags = {} } = await logs.listTagsForResource({ resourceArn: logGroupArn });
    return [logGroupName!, tags["Side"] ?? "none"] as const;
  });
  return Object.fromEntries(await Promise.all(tagged));
}

test("creates, plans nothing, updates in place and destroys", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const types = namesIn(stack.write({ resource: group("/a/one", { retention_in_days: 7 }) }));
  const { lane, logged } = await bench.lane({ types });
  expect(await stack.apply(lane.reattach)).toMatchObject({ code: 0 });
  expect(await stack.plan(lane.reattach)).toMatchObject({ code: 0 });
  stack.write({ resource: group("/a/one", { retention_in_days: 14 }) });
  const changed = await stack.plan(lane.reattach);
  expect(changed.code).toBe(2);
  expect(changed.said).toContain("will be updated in-place");
  expect((await stack.apply(lane.reattach)).said).toContain("0 added, 1 changed, 0 destroyed");
  // What the lane has done is no other than what Terraform does by itself.
  expect(await stack.plan("")).toMatchObject({ code: 0 });
  const destroyed = await stack.run(lane.reattach, ["destroy", "-auto-approve"]);
  expect(destroyed.said).toContain("1 destroyed");
  expect(await groupsIn(REGION, "/a/")).toEqual({});
  expect(logged).toEqual([]);
});

test("destroys what only the state names", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const resource = { ...group("/b/one"), aws_ecr_repository: { r: REPOSITORY } };
  stack.write({ resource });
  const { lane } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
  expect(await stack.apply("")).toMatchObject({ code: 0 });
  stack.write({ resource: group("/b/one") });
  // Of the repository nothing is known until the state has been looked at.
  const blind = await stack.apply(lane.reattach);
  expect(blind).toMatchObject({ failed: true, hasBegun: false });
  lane.add(namesIn(stack.state));
  const seeing = await stack.apply(lane.reattach);
  expect(seeing.said).toContain("0 added, 0 changed, 1 destroyed");
});

test("goes on with the whole schema where a name is missing", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const { lane } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
  const tried: string[] = [];
  const apply = () =>
    inLane(lane, (reattach) => {
      tried.push(reattach);
      return stack.apply(reattach);
    });
  const data = { aws_caller_identity: { me: {} } };
  stack.write({ resource: { aws_ecr_repository: { r: REPOSITORY } }, data });
  expect((await apply()).said).toContain("1 added");
  expect(tried).toEqual([lane.reattach, lane.reattachWhole]);
  stack.write({});
  expect((await apply()).said).toContain("1 destroyed");
  // A type that nobody has is told of in Terraform's words.
  stack.write({ resource: { aws_nonsense: { a: {} } } });
  const nonsense = await apply();
  expect(nonsense.said).toContain('does not support resource type "aws_nonsense"');
  expect(tried.slice(4)).toEqual([lane.reattach, lane.reattachWhole]);
});

const REPOSITORY = { name: "b/repository" };

test(
  "asks anew for every command whether the keys are right",
  { timeout: TIMEOUT_MS },
  async () => {
    const stack = await bench.stack();
    const { lane } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
    const { accessKeyId: access_key } = bench.cloud.credentials;
    const resource = group("/c/one");
    const wrong = { access_key, secret_key: "wrong" };
    stack.write({ resource });
    expect(await stack.apply(lane.reattach)).toMatchObject({ code: 0 });
    stack.write({ resource, provider: wrong });
    expect((await stack.plan(lane.reattach)).said).toContain("SignatureDoesNotMatch");
    stack.write({ resource });
    expect(await stack.plan(lane.reattach)).toMatchObject({ code: 0 });
    stack.write({ resource, provider: wrong });
    expect((await stack.plan(lane.reattach)).said).toContain("SignatureDoesNotMatch");
  },
);

test("has the keys that it was opened with, and no others", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const types = ["aws_cloudwatch_log_group"];
  stack.write({ resource: group("/d/one") });
  const wrong = { ...bench.env, AWS_SECRET_ACCESS_KEY: "wrong" };
  const { lane: before } = await bench.lane({ types, env: wrong });
  expect((await stack.apply(before.reattach)).said).toContain("SignatureDoesNotMatch");
  await before.close();
  const { lane: after } = await bench.lane({ types });
  expect(await stack.apply(after.reattach)).toMatchObject({ code: 0 });
});

/** Ten log groups, with a tag by the provider. */
function sided(stack: Stack, side: string, region: string): void {
  stack.write({
    provider: { region, default_tags: [{ tags: { Side: side } }] },
    resource: {
      aws_cloudwatch_log_group: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [
          `g${index}`,
          { name: `/sides/${side}/${index}` },
        ]),
      ),
    },
  });
}

test("never mixes two commands with other settings", { timeout: TIMEOUT_MS }, async () => {
  const { lane, logged } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
  const sides = [
    { side: "left", region: REGION, stack: await bench.stack() },
    { side: "right", region: "eu-west-1", stack: await bench.stack() },
  ];
  for (const { side, region, stack } of sides) sided(stack, side, region);
  const runs = await Promise.all(sides.map(({ stack }) => stack.apply(lane.reattach)));
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  for (const { side, region } of sides) {
    const groups = await groupsIn(region, "/sides/");
    expect(Object.keys(groups)).toHaveLength(10);
    expect(
      Object.entries(groups).filter(([name, tag]) => tag !== side || !name.includes(side)),
    ).toEqual([]);
  }
  const plans = await Promise.all(sides.map(({ stack }) => stack.plan(lane.reattach)));
  expect(plans.map(({ code }) => code)).toEqual([0, 0]);
  expect(logged).toEqual([]);
});

test("serves two commands with the same settings at once", { timeout: TIMEOUT_MS }, async () => {
  const { lane } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
  const stacks = [await bench.stack(), await bench.stack(), await bench.stack()];
  for (const [index, stack] of stacks.entries()) stack.write({ resource: group(`/same/${index}`) });
  const runs = await Promise.all(stacks.map((stack) => stack.apply(lane.reattach)));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(Object.keys(await groupsIn(REGION, "/same/"))).toHaveLength(3);
});

test("serves a command with two provider blocks", { timeout: TIMEOUT_MS }, async () => {
  const stack = await bench.stack();
  const { lane } = await bench.lane({ types: ["aws_cloudwatch_log_group"] });
  const elsewhere = { alias: "elsewhere", region: "eu-west-1", skip_metadata_api_check: "true" };
  const resource = {
    aws_cloudwatch_log_group: {
      here: { name: "/alias/here" },
      there: { name: "/alias/there", provider: "aws.elsewhere" },
    },
  };
  const here = { region: REGION, skip_metadata_api_check: "true" };
  stack.writeBlocks({ aws: [here, elsewhere] }, { resource });
  expect(await stack.apply(lane.reattach)).toMatchObject({ code: 0 });
  expect(Object.keys(await groupsIn(REGION, "/alias/"))).toEqual(["/alias/here"]);
  expect(Object.keys(await groupsIn("eu-west-1", "/alias/"))).toEqual(["/alias/there"]);
});
