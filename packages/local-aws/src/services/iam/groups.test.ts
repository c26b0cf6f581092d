import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { Actors, allow, deny } from "./testing/actors.ts";
import { onEcs, onIam } from "./testing/calls.ts";
import { missing } from "./testing/case.ts";
import { policyOf } from "./testing/role-session.ts";
import { ListClustersCommand } from "@aws-sdk/client-ecs";

let cloud: TestCloud;
let actors: Actors;
let client: iam.IAMClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  actors = new Actors(cloud);
  client = actors.iam;
});
afterAll(async () => {
  actors.stop();
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const listClusters = onEcs(() => new ListClustersCommand({}));
const listRoles = onIam(() => new iam.ListRolesCommand({}));

test("a user may what its group may, as long as it is in it", async () => {
  const GroupName = "devs";
  const UserName = "dora";
  const { Group } = await client.send(new iam.CreateGroupCommand({ GroupName, Path: "/a/" }));
  expect(Group).toMatchObject({
    GroupName,
    Path: "/a/",
    Arn: "arn:aws:iam::123456789012:group/a/devs",
    GroupId: expect.stringMatching(/^AGPA/),
  });
  const as = await actors.user([], { name: UserName });
  const PolicyName = "own";
  const PolicyDocument = policyOf(allow("ecs:*"));
  await client.send(new iam.PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument }));
  const PolicyArn = await actors.policy(allow("iam:ListRoles"));
  await client.send(new iam.AttachGroupPolicyCommand({ GroupName, PolicyArn }));
  expect(await missing(listClusters, as)).toBe("ecs:ListClusters");

  await client.send(new iam.AddUserToGroupCommand({ GroupName, UserName }));
  expect(await missing(listClusters, as)).toBeUndefined();
  expect(await missing(listRoles, as)).toBeUndefined();
  expect(await client.send(new iam.GetGroupCommand({ GroupName }))).toMatchObject({
    Users: [{ UserName }],
    IsTruncated: false,
  });
  expect(await client.send(new iam.ListGroupsForUserCommand({ UserName }))).toMatchObject({
    Groups: [{ GroupName }],
  });
  expect(await client.send(new iam.ListEntitiesForPolicyCommand({ PolicyArn }))).toMatchObject({
    PolicyGroups: [{ GroupName }],
  });

  for (const command of [
    new iam.DeleteGroupCommand({ GroupName }),
    new iam.DeletePolicyCommand({ PolicyArn }),
  ])
    await expect(client.send(command as never)).rejects.toMatchObject({
      name: "DeleteConflictException",
    });
  await client.send(new iam.RemoveUserFromGroupCommand({ GroupName, UserName }));
  expect(await missing(listClusters, as)).toBe("ecs:ListClusters");
  await client.send(new iam.DetachGroupPolicyCommand({ GroupName, PolicyArn }));
  await client.send(new iam.DeleteGroupPolicyCommand({ GroupName, PolicyName }));
  await client.send(new iam.DeleteGroupCommand({ GroupName }));
  await expect(client.send(new iam.GetGroupCommand({ GroupName }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
    message: "The group with name devs cannot be found.",
  });
});

test("a user stays who it is when it is renamed", async () => {
  const as = await actors.user([allow("ecs:*")], { name: "before" });
  await client.send(new iam.CreateGroupCommand({ GroupName: "renamed-users" }));
  const member = { GroupName: "renamed-users", UserName: "before" };
  await client.send(new iam.AddUserToGroupCommand(member));
  await client.send(new iam.CreateUserCommand({ UserName: "taken" }));
  const rename = (NewUserName: string, NewPath?: string) =>
    client.send(new iam.UpdateUserCommand({ UserName: "before", NewUserName, NewPath }));
  await expect(rename("TAKEN")).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
  await rename("after", "/a/");
  expect(await missing(listClusters, as)).toBeUndefined();
  const { User } = await client.send(new iam.GetUserCommand({ UserName: "after" }));
  expect(User!.Arn).toBe("arn:aws:iam::123456789012:user/a/after");
  const { Users } = await client.send(new iam.GetGroupCommand({ GroupName: "renamed-users" }));
  expect(Users).toMatchObject([{ UserName: "after" }]);
  const { AccessKeyMetadata } = await client.send(
    new iam.ListAccessKeysCommand({ UserName: "after" }),
  );
  expect(AccessKeyMetadata).toHaveLength(1);
  await expect(client.send(new iam.GetUserCommand({ UserName: "before" }))).rejects.toMatchObject({
    name: "NoSuchEntityException",
  });
});

test("a group's deny beats what its user may, and its users stay when it is renamed", async () => {
  const GroupName = "guests";
  const UserName = "gus";
  await client.send(new iam.CreateGroupCommand({ GroupName }));
  const as = await actors.user([allow("*")], { name: UserName });
  await client.send(new iam.AddUserToGroupCommand({ GroupName, UserName }));
  const PolicyDocument = policyOf(deny("ecs:*"));
  await client.send(new iam.PutGroupPolicyCommand({ GroupName, PolicyName: "no", PolicyDocument }));
  await client.send(new iam.UpdateGroupCommand({ GroupName, NewGroupName: "visitors" }));
  expect(await missing(listClusters, as)).toBe("ecs:ListClusters");
  expect(await missing(listRoles, as)).toBeUndefined();
  const read = new iam.GetGroupPolicyCommand({ GroupName: "visitors", PolicyName: "no" });
  const kept = (await client.send(read)).PolicyDocument!;
  expect(decodeURIComponent(kept)).toBe(PolicyDocument);
});

test("a user's boundary is put on it and taken away, and is a policy that there is", async () => {
  const UserName = "bob";
  const as = await actors.user([allow("*")], { name: UserName });
  const PermissionsBoundary = await actors.policy(allow("iam:*"));
  await client.send(new iam.PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  expect(await missing(listClusters, as)).toBe("ecs:ListClusters");
  await client.send(new iam.DeleteUserPermissionsBoundaryCommand({ UserName }));
  expect(await missing(listClusters, as)).toBeUndefined();
  await expect(
    client.send(
      new iam.PutUserPermissionsBoundaryCommand({
        UserName,
        PermissionsBoundary: `${PermissionsBoundary}x`,
      }),
    ),
  ).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test("the workbook's own user has its name for itself", async () => {
  await expect(
    client.send(new iam.CreateUserCommand({ UserName: "Workbook" })),
  ).rejects.toMatchObject({ name: "EntityAlreadyExistsException" });
});
