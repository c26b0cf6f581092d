import { CreateClusterCommand, ECSClient } from "@aws-sdk/client-ecs";
import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let client: iam.IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  client = new iam.IAMClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const trust = (principal: unknown) =>
  policy({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" });
const TASKS = trust({ Service: "ecs-tasks.amazonaws.com" });
const READ = policy({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" });
const EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

const createRole = (RoleName: string, AssumeRolePolicyDocument = TASKS) =>
  client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));

describe("roles", () => {
  test("a role is made, read with its trust policy percent-encoded, and taken once", async () => {
    const { Role } = await createRole("one");
    expect(Role).toMatchObject({
      Arn: "arn:aws:iam::123456789012:role/one",
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Path: "/",
    });
    const read = await client.send(new iam.GetRoleCommand({ RoleName: "one" }));
    expect(read.Role!.AssumeRolePolicyDocument).toMatch(/^%7B%22Version/);
    expect(decodeURIComponent(read.Role!.AssumeRolePolicyDocument!)).toBe(TASKS);
    expect(read.Role).toMatchObject({ MaxSessionDuration: 3600, RoleLastUsed: {} });
    await expect(createRole("ONE")).rejects.toMatchObject({
      name: "EntityAlreadyExistsException",
      message: "Role with name ONE already exists.",
      $metadata: { httpStatusCode: 409 },
    });
  });

  test("one that is not there is not found", async () => {
    await expect(client.send(new iam.GetRoleCommand({ RoleName: "nobody" }))).rejects.toMatchObject(
      {
        name: "NoSuchEntityException",
        message: "The role with name nobody cannot be found.",
        $metadata: { httpStatusCode: 404 },
      },
    );
  });

  test("a role goes only after its policies and profiles", async () => {
    const RoleName = "held";
    await createRole(RoleName);
    await client.send(
      new iam.PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: READ }),
    );
    await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION }));
    const remove = () => client.send(new iam.DeleteRoleCommand({ RoleName }));
    await expect(remove()).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete entity, must detach all policies first.",
    });
    await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION }));
    await expect(remove()).rejects.toMatchObject({
      message: "Cannot delete entity, must delete policies first.",
    });
    await client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName: "p" }));
    await remove();
    await expect(remove()).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("pages hold every role once", async () => {
    for (let index = 0; index < 5; index++) await createRole(`page-${index}`);
    const names: string[] = [];
    for await (const page of iam.paginateListRoles({ client, pageSize: 2 }, {}))
      names.push(...page.Roles!.map(({ RoleName }) => RoleName!));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(["page-0", "page-4"]));
  });

  test("tags are kept, changed and removed", async () => {
    const RoleName = "tagged";
    await createRole(RoleName);
    const Tags = [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ];
    await client.send(new iam.TagRoleCommand({ RoleName, Tags }));
    await client.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: "a", Value: "3" }] }));
    await client.send(new iam.UntagRoleCommand({ RoleName, TagKeys: ["b"] }));
    const listed = await client.send(new iam.ListRoleTagsCommand({ RoleName }));
    expect(listed.Tags).toEqual([{ Key: "a", Value: "3" }]);
  });

  test("a user has no credentials but access keys", async () => {
    const UserName = "keys-only";
    await client.send(new iam.CreateUserCommand({ UserName }));
    const none = { IsTruncated: false };
    expect(await client.send(new iam.ListSSHPublicKeysCommand({ UserName }))).toMatchObject({
      SSHPublicKeys: [],
      ...none,
    });
    expect(await client.send(new iam.ListSigningCertificatesCommand({ UserName }))).toMatchObject({
      Certificates: [],
      ...none,
    });
    expect(await client.send(new iam.ListMFADevicesCommand({ UserName }))).toMatchObject({
      MFADevices: [],
      ...none,
    });
    expect(await client.send(new iam.ListVirtualMFADevicesCommand({}))).toMatchObject({
      VirtualMFADevices: [],
      ...none,
    });
    expect(
      await client.send(new iam.ListServiceSpecificCredentialsCommand({ UserName })),
    ).toMatchObject({ ServiceSpecificCredentials: [] });
    for (const name of [UserName, "nobody"])
      await expect(
        client.send(new iam.DeleteLoginProfileCommand({ UserName: name })),
      ).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(
      client.send(new iam.ListMFADevicesCommand({ UserName: "nobody" })),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("service-linked roles are AWS's own, and there once a service needs them", async () => {
    const RoleName = "AWSServiceRoleForECS";
    const get = () => client.send(new iam.GetRoleCommand({ RoleName }));
    await expect(get()).rejects.toMatchObject({ name: "NoSuchEntityException" });
    const ecs = new ECSClient(cloud.clientConfig);
    await ecs.send(new CreateClusterCommand({ clusterName: "first" }));
    ecs.destroy();
    const { Role } = await get();
    expect(Role!.Arn).toBe(
      "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    );
    await expect(
      client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION })),
    ).rejects.toMatchObject({
      name: "UnmodifiableEntityException",
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    });
    await client.send(new iam.UpdateRoleCommand({ RoleName, Description: "told" }));
    expect((await get()).Role).toMatchObject({ Description: "told" });
    await expect(
      client.send(new iam.UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 })),
    ).rejects.toMatchObject({ name: "UnmodifiableEntityException" });
    await expect(
      client.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName: "ecs.amazonaws.com" })),
    ).rejects.toMatchObject({
      name: "InvalidInputException",
      message: `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    });
  });
});

describe("managed policies", () => {
  test("AWS's own are found, by ARN and in the list, and cannot be changed", async () => {
    const { Policy } = await client.send(new iam.GetPolicyCommand({ PolicyArn: EXECUTION }));
    expect(Policy).toMatchObject({
      PolicyName: "AmazonECSTaskExecutionRolePolicy",
      Path: "/service-role/",
    });
    const { PolicyVersion } = await client.send(
      new iam.GetPolicyVersionCommand({
        PolicyArn: EXECUTION,
        VersionId: Policy!.DefaultVersionId,
      }),
    );
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: [
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
          ],
          Resource: "*",
        },
      ],
    });
    const listed = await client.send(new iam.ListPoliciesCommand({ Scope: "AWS", MaxItems: 1000 }));
    expect(listed.Policies!.map(({ Arn }) => Arn)).toContain(EXECUTION);
    await expect(
      client.send(new iam.DeletePolicyCommand({ PolicyArn: EXECUTION })),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });

  test("five versions are kept, the one in force stays", async () => {
    const { Policy } = await client.send(
      new iam.CreatePolicyCommand({ PolicyName: "versions", PolicyDocument: READ }),
    );
    const PolicyArn = Policy!.Arn!;
    const add = () =>
      client.send(
        new iam.CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ, SetAsDefault: true }),
      );
    for (let count = 0; count < 4; count++) await add();
    await expect(add()).rejects.toMatchObject({ name: "LimitExceededException" });
    await expect(
      client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: "v5" })),
    ).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete the default version of a policy.",
    });
    await client.send(new iam.DeletePolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect((await add()).PolicyVersion).toMatchObject({ VersionId: "v6", IsDefaultVersion: true });
    const listed = await client.send(new iam.ListPolicyVersionsCommand({ PolicyArn }));
    expect(listed.Versions!.map(({ VersionId }) => VersionId)).toEqual([
      "v6",
      "v5",
      "v4",
      "v3",
      "v2",
    ]);
  });

  test("an attached policy stays, and tells what it is attached to", async () => {
    const RoleName = "attached";
    await createRole(RoleName);
    const { Policy } = await client.send(
      new iam.CreatePolicyCommand({ PolicyName: "attached", PolicyDocument: READ }),
    );
    const PolicyArn = Policy!.Arn!;
    await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }));
    const entities = await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn }));
    expect(entities.PolicyRoles).toMatchObject([{ RoleName }]);
    await expect(client.send(new iam.DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: "DeleteConflictException",
      message: "Cannot delete a policy attached to entities.",
    });
    await client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn }));
    await client.send(new iam.DeletePolicyCommand({ PolicyArn }));
    await expect(
      client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn })),
    ).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: `Policy ${PolicyArn} does not exist or is not attachable.`,
    });
  });
});

test("an account may have several service-linked roles of Auto Scaling, by suffix", async () => {
  const AWSServiceName = "autoscaling.amazonaws.com";
  const create = (CustomSuffix?: string) =>
    client.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName, CustomSuffix }));
  expect((await create("one")).Role!.RoleName).toBe("AWSServiceRoleForAutoScaling_one");
  expect((await create("two")).Role!.RoleName).toBe("AWSServiceRoleForAutoScaling_two");
  await expect(create("one")).rejects.toMatchObject({ name: "InvalidInputException" });
  const ecs = { AWSServiceName: "ecs.amazonaws.com", CustomSuffix: "x" };
  await expect(client.send(new iam.CreateServiceLinkedRoleCommand(ecs))).rejects.toMatchObject({
    message: "Custom suffix is not allowed for ecs.amazonaws.com",
  });
});

test("a managed policy of AWS that is not held here says so", async () => {
  const RoleName = "not-held";
  await createRole(RoleName);
  const held = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonCognitoReadOnly";
  for (const command of [
    new iam.AttachRolePolicyCommand({ RoleName, PolicyArn }),
    new iam.GetPolicyCommand({ PolicyArn }),
  ])
    await expect(client.send(command as iam.GetPolicyCommand)).rejects.toMatchObject({
      name: "NoSuchEntityException",
      message: expect.stringMatching(
        /AmazonCognitoReadOnly .*\(Local AWS holds those .* not among them\.\)$/,
      ),
    });
  await expect(
    client.send(new iam.DetachRolePolicyCommand({ RoleName, PolicyArn: held })),
  ).rejects.toMatchObject({ message: `Policy ${held} was not found.` });
});

test("users are listed without their boundaries and tags, which GetUser tells", async () => {
  const Tags = [{ Key: "team", Value: "a" }];
  const PermissionsBoundary =
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  await client.send(new iam.CreateUserCommand({ UserName: "listed", Tags, PermissionsBoundary }));
  const { Users } = await client.send(new iam.ListUsersCommand({}));
  const listed = Users!.find(({ UserName }) => UserName === "listed")!;
  expect([listed.PermissionsBoundary, listed.Tags]).toEqual([undefined, undefined]);
  const { User } = await client.send(new iam.GetUserCommand({ UserName: "listed" }));
  expect(User).toMatchObject({ Tags });
  expect(User!.PermissionsBoundary).toBeDefined();
  await client.send(new iam.DeleteUserCommand({ UserName: "listed" }));
});

test("an instance profile holds one role, and holds it", async () => {
  const InstanceProfileName = "profile";
  await createRole("in-profile");
  await createRole("second");
  await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName }));
  const add = (RoleName: string) =>
    client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  await add("in-profile");
  await expect(add("second")).rejects.toMatchObject({
    name: "LimitExceededException",
    message: "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
  });
  const profiles = await client.send(
    new iam.ListInstanceProfilesForRoleCommand({ RoleName: "in-profile" }),
  );
  expect(profiles.InstanceProfiles).toMatchObject([
    { InstanceProfileName, Roles: [{ RoleName: "in-profile" }] },
  ]);
  await expect(
    client.send(new iam.DeleteRoleCommand({ RoleName: "in-profile" })),
  ).rejects.toMatchObject({
    message: "Cannot delete entity, must remove roles from instance profile first.",
  });
});

test("a user's key signs calls until it is made inactive", async () => {
  const UserName = "carol";
  await client.send(new iam.CreateUserCommand({ UserName }));
  const { AccessKey } = await client.send(new iam.CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId, SecretAccessKey } = AccessKey!;
  const carol = new iam.IAMClient({
    ...cloud.clientConfig,
    credentials: { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! },
  });
  const Statement = [{ Effect: "Allow", Action: "iam:GetUser", Resource: "*" }];
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await client.send(new iam.PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument }));
  const whoami = () => carol.send(new iam.GetUserCommand({}));
  expect((await whoami()).User).toMatchObject({
    UserName,
    Arn: expect.stringContaining(":user/carol"),
  });
  await client.send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: "Inactive" }));
  await expect(whoami()).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  await client.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName: "own" }));
  await expect(client.send(new iam.DeleteUserCommand({ UserName }))).rejects.toMatchObject({
    message: "Cannot delete entity, must delete access keys first.",
  });
  await client.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await client.send(new iam.DeleteUserCommand({ UserName }));
  carol.destroy();
});
