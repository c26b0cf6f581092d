import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, TASKS_TRUST, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let client: iam.IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  client = new iam.IAMClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

type Custom = iam.SimulateCustomPolicyCommandInput;
const custom = async (policy: string, ActionNames: string[], more: Partial<Custom> = {}) =>
  client.send(
    new iam.SimulateCustomPolicyCommand({ PolicyInputList: [policy], ActionNames, ...more }),
  );
const policyOf = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string, Resource = "*", more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, more: object = {}) => ({
  ...allow(Action, "*", more),
  Effect: "Deny",
});
const decisions = ({ EvaluationResults: all }: iam.SimulateCustomPolicyCommandOutput) =>
  all!.map(({ EvalDecision }) => EvalDecision);

test("a decision comes with the statements that made it, and where they stand", async () => {
  const policy = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": "s3:*", "Resource": "*" },
    { "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*" }
  ]
}`;
  const actions = ["s3:ListBucket", "s3:DeleteBucket", "sqs:SendMessage"];
  const { EvaluationResults, IsTruncated } = await custom(policy, actions);
  const at = (Line: number, Column: number) => ({ Line, Column });
  const by = { SourcePolicyId: "PolicyInputList.1", SourcePolicyType: "IAM Policy" };
  const result = { EvalResourceName: "*", MissingContextValues: [] };
  expect(IsTruncated).toBe(false);
  expect(EvaluationResults).toEqual([
    {
      ...result,
      EvalActionName: "s3:ListBucket",
      EvalDecision: "allowed",
      MatchedStatements: [{ ...by, StartPosition: at(3, 17), EndPosition: at(4, 61) }],
    },
    {
      ...result,
      EvalActionName: "s3:DeleteBucket",
      EvalDecision: "explicitDeny",
      MatchedStatements: [{ ...by, StartPosition: at(4, 61), EndPosition: at(5, 71) }],
    },
    {
      ...result,
      EvalActionName: "sqs:SendMessage",
      EvalDecision: "implicitDeny",
      MatchedStatements: [],
    },
  ]);
});

test("each resource has a result of its own", async () => {
  const policy = policyOf(allow("s3:GetObject", "arn:aws:s3:::mine/*"));
  const ResourceArns = ["arn:aws:s3:::mine/a", "arn:aws:s3:::other/a"];
  const { EvaluationResults } = await custom(policy, ["s3:GetObject"], { ResourceArns });
  expect(
    EvaluationResults!.map(({ EvalResourceName, EvalDecision, ResourceSpecificResults }) => [
      EvalResourceName,
      EvalDecision,
      ResourceSpecificResults!.map(({ EvalResourceDecision }) => EvalResourceDecision),
    ]),
  ).toEqual([
    [ResourceArns[0], "allowed", ["allowed"]],
    [ResourceArns[1], "implicitDeny", ["implicitDeny"]],
  ]);
});

test("keys that conditions and variables ask for are missing until they are given", async () => {
  const condition = { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } };
  const policy = policyOf(
    allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*", condition),
    allow("sqs:*", "*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }),
  );
  const without = await custom(policy, ["s3:GetObject"]);
  expect(without.EvaluationResults).toMatchObject([
    { EvalDecision: "implicitDeny", MissingContextValues: ["aws:SourceVpc", "aws:username"] },
  ]);
  const entry = (ContextKeyName: string, ...ContextKeyValues: string[]) => ({
    ContextKeyName,
    ContextKeyValues,
    ContextKeyType: iam.ContextKeyTypeEnum.STRING,
  });
  const ContextEntries = [entry("aws:sourcevpc", "vpc-1"), entry("aws:username", "ada")];
  const ResourceArns = ["arn:aws:s3:::home/ada/notes"];
  const more = { ContextEntries, ResourceArns };
  expect((await custom(policy, ["s3:GetObject"], more)).EvaluationResults).toMatchObject([
    { EvalDecision: "allowed", ResourceSpecificResults: [{ MissingContextValues: [] }] },
  ]);
  await expect(
    custom(policy, ["s3:GetObject"], { ContextEntries: [entry("aws:SourceVpc", "a", "b")] }),
  ).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidInput/) });
});

test("a boundary limits, and a resource's policy gives to the user whom it names", async () => {
  const PermissionsBoundaryPolicyInputList = [policyOf(allow("s3:GetObject"))];
  const policy = policyOf(allow("s3:*"));
  const actions = ["s3:GetObject", "s3:PutObject"];
  const limited = await custom(policy, actions, { PermissionsBoundaryPolicyInputList });
  expect(limited.EvaluationResults).toMatchObject([
    {
      EvalDecision: "allowed",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
    },
    {
      EvalDecision: "implicitDeny",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    },
  ]);
  const CallerArn = "arn:aws:iam::123456789012:user/ada";
  const ResourcePolicy = policyOf(allow("sqs:SendMessage", "*", { Principal: { AWS: CallerArn } }));
  const sends = (more: Partial<Custom>) =>
    custom(policy, ["sqs:SendMessage"], { ResourcePolicy, ...more });
  expect(decisions(await sends({ CallerArn }))).toEqual(["allowed"]);
  expect(decisions(await sends({ CallerArn: `${CallerArn}2` }))).toEqual(["implicitDeny"]);
  await expect(sends({})).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidInput/) });
});

test("what is no policy and no action is refused", async () => {
  for (const [policy, action] of [
    ["nonsense", "s3:GetObject"],
    [policyOf(), "s3:GetObject"],
    [policyOf({ ...allow("*"), Effect: "deny" }), "s3:GetObject"],
    [policyOf(allow("*", "*", { Principal: null })), "s3:GetObject"],
    [policyOf(allow("*")), "s3GetObject"],
  ] as const)
    await expect(custom(policy, [action])).rejects.toMatchObject({
      name: expect.stringMatching(/^InvalidInput/),
    });
});

test("nothing in a list of resources is passed over", async () => {
  const policy = policyOf({ ...allow("s3:*"), Resource: [null, "*"] });
  expect(decisions(await custom(policy, ["s3:GetObject"]))).toEqual(["allowed"]);
});

test("results come in pages, in their order", async () => {
  const actions = ["sqs:SendMessage", "s3:GetObject", "ecs:RunTask"];
  const seen: (string | undefined)[] = [];
  let Marker: string | undefined;
  do {
    const page = await custom(policyOf(allow("*")), actions, { MaxItems: 2, Marker });
    seen.push(...page.EvaluationResults!.map(({ EvalActionName }) => EvalActionName));
    expect(page.IsTruncated).toBe(page.Marker !== undefined);
    Marker = page.Marker;
  } while (Marker !== undefined);
  expect(seen).toEqual(actions);
});

test("a user's simulation has its own policies, its groups', its boundary and itself", async () => {
  const UserName = "ada";
  const { User } = await client.send(new iam.CreateUserCommand({ UserName }));
  await client.send(new iam.CreateGroupCommand({ GroupName: "team" }));
  await client.send(new iam.AddUserToGroupCommand({ UserName, GroupName: "team" }));
  const own = policyOf(allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"));
  const put = { PolicyName: "own", PolicyDocument: own };
  await client.send(new iam.PutUserPolicyCommand({ UserName, ...put }));
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
  await client.send(new iam.AttachGroupPolicyCommand({ GroupName: "team", PolicyArn }));
  const ask = (more: Partial<iam.SimulatePrincipalPolicyCommandInput> = {}) =>
    client.send(
      new iam.SimulatePrincipalPolicyCommand({
        PolicySourceArn: User!.Arn!,
        ActionNames: ["s3:GetObject"],
        ResourceArns: ["arn:aws:s3:::home/ada/notes"],
        ...more,
      }),
    );
  const ids = ({ EvaluationResults }: iam.SimulatePrincipalPolicyCommandOutput) =>
    EvaluationResults![0]!.MatchedStatements!.map(({ SourcePolicyId }) => SourcePolicyId);
  expect(ids(await ask())).toEqual(["user_ada_own", "AmazonS3ReadOnlyAccess"]);
  const denied = await ask({ PolicyInputList: [policyOf(deny("s3:*"))] });
  expect([decisions(denied), ids(denied)]).toEqual([["explicitDeny"], ["PolicyInputList.1"]]);
  const boundary = await client.send(
    new iam.CreatePolicyCommand({
      PolicyName: "limit",
      PolicyDocument: policyOf(allow("sqs:*")),
    }),
  );
  await client.send(
    new iam.PutUserPermissionsBoundaryCommand({
      UserName,
      PermissionsBoundary: boundary.Policy!.Arn!,
    }),
  );
  expect(decisions(await ask())).toEqual(["implicitDeny"]);
});

test("a role's and a group's policies are simulated, and what is not there is none", async () => {
  const RoleName = "task";
  const role = await client.send(
    new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TASKS_TRUST }),
  );
  const PolicyDocument = policyOf(allow("sqs:SendMessage"));
  await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: "send", PolicyDocument }));
  const group = await client.send(new iam.CreateGroupCommand({ GroupName: "empty" }));
  const ask = (PolicySourceArn: string) =>
    client.send(
      new iam.SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ["sqs:SendMessage"] }),
    );
  expect(decisions(await ask(role.Role!.Arn!))).toEqual(["allowed"]);
  expect(decisions(await ask(group.Group!.Arn!))).toEqual(["implicitDeny"]);
  await expect(ask("arn:aws:iam::123456789012:role/absent")).rejects.toMatchObject({
    name: expect.stringMatching(/^NoSuchEntity/),
  });
});

test("the keys that policies ask for are told, of conditions and of variables, each once", async () => {
  const policy = policyOf(
    allow("s3:GetObject", "arn:aws:s3:::mine/${aws:username}/*", {
      Condition: { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
    }),
    allow("s3:*", "*", {
      Condition: { StringEquals: { "s3:prefix": "${aws:username}", "aws:CurrentTime": "x" } },
    }),
  );
  const keys = ["aws:CurrentTime", "aws:username", "s3:prefix"];
  const told = await client.send(
    new iam.GetContextKeysForCustomPolicyCommand({ PolicyInputList: [policy] }),
  );
  expect(told.ContextKeyNames!.toSorted()).toEqual(keys);
  const group = { GroupName: "asked" };
  await client.send(new iam.CreateGroupCommand(group));
  const user = { UserName: "asking" };
  const { User } = await client.send(new iam.CreateUserCommand(user));
  await client.send(new iam.AddUserToGroupCommand({ ...group, ...user }));
  const inline = { PolicyName: "own", PolicyDocument: policy };
  await client.send(new iam.PutGroupPolicyCommand({ ...group, ...inline }));
  const more = policyOf(
    allow("s3:*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  );
  const ofUser = await client.send(
    new iam.GetContextKeysForPrincipalPolicyCommand({
      PolicySourceArn: User!.Arn!,
      PolicyInputList: [more],
    }),
  );
  expect(ofUser.ContextKeyNames!.toSorted()).toEqual([...keys, "aws:SecureTransport"].toSorted());
  await expect(
    client.send(new iam.GetContextKeysForCustomPolicyCommand({ PolicyInputList: ["{"] })),
  ).rejects.toThrow("Syntax errors in policy PolicyInputList.1.");
});
