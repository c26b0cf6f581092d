import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as ec2 from "@aws-sdk/client-ec2";
import * as sts from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { Actors, allow, deny, type Actor } from "./testing/actors.ts";
import { describeVpcs, furnish, get, IAM, onEc2, onIam, onS3, put } from "./testing/calls.ts";
import { missing, when, type Case } from "./testing/case.ts";
import { CONDITION_CASES, STATEMENT_CASES } from "./testing/policy-cases.ts";
import { policyOf } from "./testing/role-session.ts";
import { SCALING_CASES } from "./testing/scaling-cases.ts";
import { NOTHING_CASES, SERVICE_CASES } from "./testing/service-cases.ts";

/*
 * What AWS documents of who may do what, by real calls: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
let cloud: TestCloud;
let actors: Actors;
beforeAll(async () => {
  cloud = await startTestCloud();
  actors = new Actors(cloud);
  await furnish(cloud.clientConfig);
});
afterAll(async () => {
  actors.stop();
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

function run(cases: readonly Case[]): void {
  test.for(cases)("%s", async ([, statements, call, lacks, wanted]) => {
    expect(await missing(call, await actors.role(statements, wanted))).toBe(lacks);
  });
}

describe("a role without a policy may not", () => {
  run(NOTHING_CASES);
});
describe("of a policy's statements:", () => {
  run(STATEMENT_CASES);
});
describe("of conditions and variables:", () => {
  run(CONDITION_CASES);
});
describe("of services:", () => {
  run(SERVICE_CASES);
});
describe("of networks, groups and alarms:", () => {
  run(SCALING_CASES);
});

const refused = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail("it was let in"),
    (error: Error) => ({ name: error.name, message: error.message }),
  );

describe("of several kinds of policies", () => {
  const inside = [allow("s3:*")];

  test("a boundary limits a role, and says so", async () => {
    const as = await actors.role([allow("*")], { boundary: await actors.policy(...inside) });
    expect(await missing(get("a"), as)).toBeUndefined();
    expect((await refused(onIam(() => new iam.ListRolesCommand({}))(as))).message).toMatch(
      /iam:ListRoles on resource: .*:role\/ because no permissions boundary allows the iam:ListRoles action$/,
    );
  });

  test("a boundary alone gives nothing", async () => {
    const as = await actors.role([], { boundary: await actors.policy(...inside) });
    expect(await missing(get("a"), as)).toBe("s3:GetObject");
  });

  test("a boundary limits a user as well", async () => {
    const as = await actors.user([allow("*")], { boundary: await actors.policy(...inside) });
    expect(await missing(get("a"), as)).toBeUndefined();
    expect(await missing(describeVpcs, as)).toBe("ec2:DescribeVpcs");
  });

  test("a session's policy limits it, and says so", async () => {
    const session = { Policy: policyOf(...inside) };
    const as = await actors.role([allow("*")], { session });
    expect(await missing(get("a"), as)).toBeUndefined();
    expect((await refused(describeVpcs(as))).message).toMatch(
      /because no session policy allows the ec2:DescribeVpcs action$/,
    );
  });

  test("a session's managed policies limit it, and give nothing", async () => {
    const session = { PolicyArns: [{ arn: await actors.policy(allow("*")) }] };
    const as = await actors.role(inside, { session });
    expect(await missing(get("a"), as)).toBeUndefined();
    expect(await missing(describeVpcs, as)).toBe("ec2:DescribeVpcs");
  });

  test("a deny in words is told by the kind of policy that says it", async () => {
    const boundary = await actors.policy(allow("*"), deny("s3:PutObject"));
    expect((await refused(put()(await actors.role([allow("*")], { boundary })))).message).toMatch(
      /with an explicit deny in a permissions boundary$/,
    );
    const own = await actors.role([allow("*"), deny("s3:PutObject")]);
    expect((await refused(put()(own))).message).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
  });

  test("a user's name is put into what it may read", async () => {
    const own = allow("s3:GetObject", "arn:aws:s3:::mine/users/${aws:username}/*");
    expect(await missing(get("users/ann/a"), await actors.user([own], { name: "ann" }))).toBe(
      undefined,
    );
    expect(await missing(get("users/ann/a"), await actors.user([own], { name: "ben" }))).toBe(
      "s3:GetObject",
    );
  });

  test("a session of a user may what the user may", async () => {
    const ann = await actors.user([allow("s3:GetObject")]);
    const client = new sts.STSClient(ann);
    const { Credentials: made } = await client.send(new sts.GetSessionTokenCommand({}));
    client.destroy();
    const { AccessKeyId, SecretAccessKey, SessionToken } = made!;
    const as = {
      ...ann,
      credentials: {
        accessKeyId: AccessKeyId!,
        secretAccessKey: SecretAccessKey!,
        sessionToken: SessionToken!,
      },
    };
    expect(await missing(get("a"), as)).toBeUndefined();
    expect(await missing(put(), as)).toBe("s3:PutObject");
  });
});

describe("of a bucket's own policy:", () => {
  const policy = (...statements: object[]) =>
    onS3(() => new s3.PutBucketPolicyCommand({ Bucket: "open", Policy: policyOf(...statements) }))(
      cloud.clientConfig,
    );
  const roleOf = async (as: Actor) => {
    const client = new sts.STSClient(as);
    const { Arn } = await client.send(new sts.GetCallerIdentityCommand({}));
    client.destroy();
    return `${IAM}:role/${Arn!.split("/")[1]}`;
  };
  const objects = "arn:aws:s3:::open/*";

  test("it lets a role in that it names, and that has no policy itself", async () => {
    const [named, other] = [await actors.role([]), await actors.role([])];
    await policy({ ...allow("s3:GetObject", objects), Principal: { AWS: await roleOf(named) } });
    expect(await missing(get("a", "open"), named)).toBeUndefined();
    expect(await missing(get("a", "open"), other)).toBe("s3:GetObject");
  });

  test("it leaves to the account's policies what it gives the account", async () => {
    await policy({ ...allow("s3:GetObject", objects), Principal: { AWS: `${IAM}:root` } });
    expect(await missing(get("a", "open"), await actors.role([]))).toBe("s3:GetObject");
  });

  test("its deny beats what a role's own policies allow", async () => {
    const but = when("StringNotEquals", "aws:PrincipalTag/team", "blue");
    await policy({ ...deny("s3:GetObject", objects, but), Principal: "*" });
    const [red, blue] = [
      await actors.role([allow("*")]),
      await actors.role([allow("*")], { tags: [{ Key: "team", Value: "blue" }] }),
    ];
    expect((await refused(get("a", "open")(red))).message).toMatch(
      /with an explicit deny in a resource-based policy$/,
    );
    expect(await missing(get("a", "open"), blue)).toBeUndefined();
  });

  test("a boundary limits what it gives a role", async () => {
    const as = await actors.role([], { boundary: await actors.policy(allow("ecs:*")) });
    await policy({ ...allow("s3:GetObject", objects), Principal: { AWS: await roleOf(as) } });
    expect((await refused(get("a", "open")(as))).message).toMatch(
      /because no permissions boundary allows the s3:GetObject action$/,
    );
  });
});

describe("who is refused is told", () => {
  test("by S3 with the resource in quotes, by the JSON services with status 400", async () => {
    const as = await actors.role([]);
    const { message } = await refused(get("a")(as));
    expect(message).toMatch(
      /^User: arn:aws:sts::123456789012:assumed-role\/role-\d+\/me is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::mine\/a" because no identity-based policy allows the s3:GetObject action$/,
    );
  });

  test("by EC2 in a message that those read who may", async () => {
    const as = await actors.role([allow("sts:DecodeAuthorizationMessage")]);
    const { name, message } = await refused(
      onEc2(() => new ec2.CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }))(as),
    );
    expect(name).toBe("UnauthorizedOperation");
    const [, words, encoded] = /^(.*)\. Encoded authorization failure message: (\S+)$/.exec(
      message,
    )!;
    expect(words).toMatch(
      /^You are not authorized to perform this operation\. User: \S+ is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:ap-northeast-1:123456789012:vpc\/\* because no identity-based policy allows the ec2:CreateVpc action$/,
    );
    const client = new sts.STSClient(as);
    const { DecodedMessage } = await client.send(
      new sts.DecodeAuthorizationMessageCommand({ EncodedMessage: encoded }),
    );
    expect(JSON.parse(DecodedMessage!)).toMatchObject({
      allowed: false,
      explicitDeny: false,
      context: { action: "ec2:CreateVpc" },
    });
    await expect(
      client.send(new sts.DecodeAuthorizationMessageCommand({ EncodedMessage: `x${encoded}` })),
    ).rejects.toMatchObject({ name: "InvalidAuthorizationMessageException" });
    client.destroy();
  });

  test("of many objects those that may not be deleted, beside the others", async () => {
    const as = await actors.role([allow("s3:DeleteObject", "arn:aws:s3:::mine/gone")]);
    const client = new s3.S3Client(as);
    const Delete = { Objects: [{ Key: "gone" }, { Key: "a" }] };
    const answer = await client.send(new s3.DeleteObjectsCommand({ Bucket: "mine", Delete }));
    client.destroy();
    expect(answer.Deleted).toMatchObject([{ Key: "gone" }]);
    expect(answer.Errors).toMatchObject([{ Key: "a", Code: "AccessDenied" }]);
  });
});
