import { afterEach, beforeEach, expect, test } from "vitest";
import { Store } from "../../store/store.ts";
import { isAllowed, mayAssume } from "./authorize.ts";
import { managedPolicies, type Role, roles } from "./state.ts";

const ACCOUNT = "123456789012";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/exec`;
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

let store: Store;
beforeEach(() => {
  store = Store.open(":memory:");
});
afterEach(() => store.close());

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const trust = (principal: object, condition?: object) =>
  policy({
    Effect: "Allow",
    Principal: principal,
    Action: "sts:AssumeRole",
    ...(condition && { Condition: condition }),
  });

function putRole(more: Partial<Role>): void {
  store.transaction(() =>
    store.of(roles, ACCOUNT, "").put("exec", {
      roleName: "exec",
      roleId: "AROAEXAMPLE",
      arn: ROLE,
      path: "/",
      assumeRolePolicyDocument: trust({ Service: "ecs-tasks.amazonaws.com" }),
      maxSessionDuration: 3600,
      inlinePolicies: {},
      attachedPolicies: [],
      tags: [],
      createdAt: 0,
      ...more,
    }),
  );
}

const allowed = (action: string, resource = "*", context = {}) =>
  isAllowed(store, ACCOUNT, ROLE, action, resource, context);

test("AWS's execution role policy allows pulling and logging, and no more", () => {
  putRole({ attachedPolicies: [EXECUTION] });
  expect(allowed("ecr:GetAuthorizationToken")).toBe(true);
  expect(allowed("ecr:BatchGetImage", `arn:aws:ecr:ap-northeast-1:${ACCOUNT}:repository/a`)).toBe(
    true,
  );
  expect(allowed("logs:PutLogEvents")).toBe(true);
  expect(allowed("logs:CreateLogGroup")).toBe(false);
  expect(allowed("ssm:GetParameters")).toBe(false);
});

test("a role without policies, and one that is not there, may do nothing", () => {
  expect(allowed("ecr:GetAuthorizationToken")).toBe(false);
  putRole({});
  expect(allowed("ecr:GetAuthorizationToken")).toBe(false);
});

test("a customer's policy counts in its default version", () => {
  const arn = `arn:aws:iam::${ACCOUNT}:policy/p`;
  const version = (versionId: string, action: string, isDefault: boolean) => ({
    versionId,
    document: policy({ Effect: "Allow", Action: action, Resource: "*" }),
    isDefault,
    createdAt: 0,
  });
  const versions = [version("v2", "ssm:*", false), version("v1", "kms:Decrypt", true)];
  store.transaction(() =>
    store.of(managedPolicies, ACCOUNT, "").put(arn, {
      policyName: "p",
      policyId: "ANPAEXAMPLE",
      arn,
      path: "/",
      versions,
      nextVersion: 3,
      tags: [],
      createdAt: 0,
      updatedAt: 0,
    }),
  );
  putRole({ attachedPolicies: [arn] });
  expect(allowed("kms:Decrypt")).toBe(true);
  expect(allowed("ssm:GetParameters")).toBe(false);
});

test("a denial beats every allowance", () => {
  putRole({
    inlinePolicies: {
      all: policy({ Effect: "Allow", Action: "*", Resource: "*" }),
      but: policy({ Effect: "Deny", Action: "s3:Delete*", Resource: "arn:aws:s3:::logs/*" }),
    },
  });
  expect(allowed("s3:DeleteObject", "arn:aws:s3:::logs/a")).toBe(false);
  expect(allowed("s3:DeleteObject", "arn:aws:s3:::other/a")).toBe(true);
  expect(allowed("s3:GetObject", "arn:aws:s3:::logs/a")).toBe(true);
});

test("actions match in any case and with wildcards; NotAction and NotResource turn it round", () => {
  putRole({
    inlinePolicies: {
      one: policy({ Effect: "Allow", Action: "ECR:batchGet????e", Resource: "*" }),
      two: policy({
        Effect: "Allow",
        NotAction: ["iam:*", "ecr:*"],
        NotResource: "arn:aws:s3:::secret/*",
      }),
    },
  });
  expect(allowed("ecr:BatchGetImage")).toBe(true);
  expect(allowed("ecr:BatchGetImages")).toBe(false);
  expect(allowed("iam:CreateRole")).toBe(false);
  expect(allowed("s3:GetObject", "arn:aws:s3:::open/a")).toBe(true);
  expect(allowed("s3:GetObject", "arn:aws:s3:::secret/a")).toBe(false);
});

test.each<[operator: string, wanted: unknown, actual: string | undefined, holds: boolean]>([
  ["StringEquals", "a", "a", true],
  ["StringEquals", ["b", "a"], "a", true],
  ["StringEquals", "a", undefined, false],
  ["StringEqualsIfExists", "a", undefined, true],
  ["StringNotEquals", "a", "b", true],
  ["StringNotEquals", ["a", "b"], "b", false],
  ["StringNotEquals", "a", undefined, true],
  ["StringLike", "dev-*", "dev-1", true],
  ["StringNotLike", "dev-*", "dev-1", false],
  ["StringEqualsIgnoreCase", "A", "a", true],
  ["NumericLessThan", 10, "9", true],
  ["NumericGreaterThanEquals", "10", "9", false],
  ["DateGreaterThan", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", true],
  ["Bool", "true", "true", true],
  ["Bool", true, "false", false],
  ["IpAddress", "10.0.0.0/8", "10.1.2.3", true],
  ["NotIpAddress", "10.0.0.0/8", "10.1.2.3", false],
  [
    "ArnLike",
    "arn:aws:ecs:*:123456789012:*",
    "arn:aws:ecs:ap-northeast-1:123456789012:task/a",
    true,
  ],
  ["ArnLike", "arn:aws:ecs:*", "arn:aws:ecs:ap-northeast-1:123456789012:task/a", false],
  ["Null", "true", undefined, true],
  ["Null", "true", "x", false],
])("%s %j of %j: %s", (operator, wanted, actual, holds) => {
  const Condition = { [operator]: { "test:Key": wanted } };
  putRole({
    inlinePolicies: { p: policy({ Effect: "Allow", Action: "*", Resource: "*", Condition }) },
  });
  expect(allowed("s3:GetObject", "*", actual === undefined ? {} : { "TEST:key": actual })).toBe(
    holds,
  );
});

test("ForAllValues asks of every value, ForAnyValue of one", () => {
  const Condition = (set: string) => ({ [`${set}:StringEquals`]: { "aws:TagKeys": ["a", "b"] } });
  for (const [set, keys, holds] of [
    ["ForAllValues", ["a", "b"], true],
    ["ForAllValues", ["a", "c"], false],
    ["ForAnyValue", ["a", "c"], true],
    ["ForAnyValue", ["c"], false],
  ] as const) {
    const statement = { Effect: "Allow", Action: "*", Resource: "*", Condition: Condition(set) };
    putRole({ inlinePolicies: { p: policy(statement) } });
    expect(allowed("ec2:CreateTags", "*", { "aws:TagKeys": keys })).toBe(holds);
  }
});

test("a boundary limits what policies allow", () => {
  const everything = policy({ Effect: "Allow", Action: "*", Resource: "*" });
  putRole({ inlinePolicies: { everything }, permissionsBoundary: EXECUTION });
  expect(allowed("logs:PutLogEvents")).toBe(true);
  expect(allowed("s3:GetObject")).toBe(false);
});

const REGION = "ap-northeast-1";
const taskCall = {
  service: "ecs-tasks.amazonaws.com",
  sourceArn: `arn:aws:ecs:${REGION}:${ACCOUNT}:task/web/0123456789abcdef0123456789abcdef`,
  region: REGION,
  now: Date.parse("2026-07-01T00:00:00Z"),
};

test("a service assumes a role only where the role trusts it", () => {
  putRole({});
  expect(mayAssume(store, ACCOUNT, ROLE, taskCall)).toBe(true);
  expect(mayAssume(store, ACCOUNT, ROLE, { ...taskCall, service: "ecs.amazonaws.com" })).toBe(
    false,
  );
  expect(mayAssume(store, "999999999999", ROLE, taskCall)).toBe(false);
  expect(mayAssume(store, ACCOUNT, `${ROLE}2`, taskCall)).toBe(false);
});

test.each<[asks: string, condition: object, trusted: boolean]>([
  ["this account", { StringEquals: { "aws:SourceAccount": ACCOUNT } }, true],
  ["another account", { StringEquals: { "aws:SourceAccount": "999999999999" } }, false],
  [
    "what AWS's guide writes",
    {
      ArnLike: { "aws:SourceArn": `arn:aws:ecs:${REGION}:${ACCOUNT}:*` },
      StringEquals: { "aws:SourceAccount": ACCOUNT },
    },
    true,
  ],
  ["the ARN as text", { StringLike: { "aws:SourceArn": `arn:aws:ecs:*:${ACCOUNT}:*` } }, true],
  [
    "a list of ARNs",
    { ArnEquals: { "AWS:sourcearn": ["arn:aws:sns:*:*:*", "arn:aws:ecs:*:*:*"] } },
    true,
  ],
  ["another region", { ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${ACCOUNT}:*` } }, false],
  [
    "another account's ARNs",
    { ArnLike: { "aws:SourceArn": "arn:aws:ecs:*:999999999999:*" } },
    false,
  ],
  [
    "one cluster",
    { ArnLike: { "aws:SourceArn": `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/web` } },
    false,
  ],
  [
    "not another account",
    { ArnNotLike: { "aws:SourceArn": "arn:aws:ecs:*:999999999999:*" } },
    true,
  ],
  ["that there is a source", { Null: { "aws:SourceArn": "false" } }, true],
  ["a service of AWS", { Bool: { "aws:PrincipalIsAWSService": "true" } }, true],
  ["its own account", { StringEquals: { "aws:SourceAccount": "${aws:SourceAccount}" } }, true],
  ["a day to come", { DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }, true],
  ["a day that is over", { DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }, false],
])("a trust policy that asks for %s is asked about the source", (_asks, condition, trusted) => {
  const principal = { Service: ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"] };
  putRole({ assumeRolePolicyDocument: trust(principal, condition) });
  expect(mayAssume(store, ACCOUNT, ROLE, taskCall)).toBe(trusted);
});
