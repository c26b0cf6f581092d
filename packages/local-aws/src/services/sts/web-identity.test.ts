import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as sts from "@aws-sdk/client-sts";
import { UnsecuredJWT, type JWTPayload } from "jose";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../testing.ts";
import { DISCOVERY, startIssuer, type TestIssuer } from "./testing/issuer.ts";

const MAIN = "repo:octo/app:ref:refs/heads/main";
let cloud: TestCloud;
let issuer: TestIssuer;
let iam: IAMClient;
let provider: string;
let deploy: string;
/** As a build elsewhere: it has no key. */
let client: sts.STSClient;

beforeAll(async () => {
  [cloud, issuer] = await Promise.all([startTestCloud(), startIssuer()]);
  iam = new IAMClient(cloud.clientConfig);
  const { endpoint, region } = cloud.clientConfig;
  client = new sts.STSClient({ endpoint, region, maxAttempts: 1 });
  const ClientIDList = ["sts.amazonaws.com", "other"];
  const created = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList }),
  );
  provider = created.OpenIDConnectProviderArn!;
  deploy = await newRole("deploy", {
    StringEquals: { [key("aud")]: "sts.amazonaws.com" },
    StringLike: { [key("sub")]: "repo:octo/app:*" },
  });
});
afterEach(() => issuer.instead.clear());
afterAll(async () => {
  for (const each of [client, iam]) each.destroy();
  await Promise.all([cloud.stop(), issuer.stop()]);
  expect(cloud.errors).toEqual([]);
});

const key = (claim: string) => `${issuer.url.replace("http://", "")}:${claim}`;

async function newRole(RoleName: string, Condition: object, more: string[] = []): Promise<string> {
  const Action = ["sts:AssumeRoleWithWebIdentity", ...more];
  const trust = { Effect: "Allow", Principal: { Federated: provider }, Action, Condition };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  const command = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument });
  return (await iam.send(command)).Role!.Arn!;
}

const assume = (
  WebIdentityToken: string,
  RoleArn = deploy,
  more: Partial<sts.AssumeRoleWithWebIdentityCommandInput> = {},
) =>
  client.send(
    new sts.AssumeRoleWithWebIdentityCommand({
      RoleArn,
      RoleSessionName: "build",
      WebIdentityToken,
      ...more,
    }),
  );

const using = ({ Credentials: keys }: sts.AssumeRoleWithWebIdentityCommandOutput) => ({
  ...cloud.clientConfig,
  credentials: {
    accessKeyId: keys!.AccessKeyId!,
    secretAccessKey: keys!.SecretAccessKey!,
    sessionToken: keys!.SessionToken!,
  },
});

test.each(["RS256", "ES256"] as const)(
  "a token that the issuer signed with %s is given the role's keys",
  async (algorithm) => {
    const answer = await assume(await issuer.sign({}, algorithm));
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: MAIN,
      Audience: "sts.amazonaws.com",
      Provider: provider,
      AssumedRoleUser: { Arn: "arn:aws:sts::123456789012:assumed-role/deploy/build" },
    });
    expect(answer.PackedPolicySize).toBeUndefined();
    const session = new sts.STSClient(using(answer));
    const { Arn } = await session.send(new sts.GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/deploy/build");
    session.destroy();
  },
);

test("the call may be a plain GET, which no key has signed", async () => {
  const query = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: deploy,
    RoleSessionName: "curl",
    WebIdentityToken: await issuer.sign(),
  });
  const answer = await fetch(`${cloud.endpoint}/?${query}`);
  expect([answer.status, await answer.text()]).toEqual([
    200,
    expect.stringContaining("assumed-role/deploy/curl"),
  ]);
});

const INVALID = "InvalidIdentityToken";
const DENIED = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
const NO_KEY = "Couldn't retrieve verification key from your identity provider, please";
const now = Math.floor(Date.now() / 1000);
const REFUSED: readonly (readonly [string, JWTPayload, string, string])[] = [
  ["for somebody else", { aud: "elsewhere" }, INVALID, "Incorrect token audience"],
  ["that was passed on", { azp: "elsewhere" }, INVALID, "Incorrect token audience"],
  ["without a subject", { sub: undefined }, INVALID, "Missing a required claim: sub"],
  ["without an end", { exp: undefined }, INVALID, "Missing a required claim: exp"],
  ["not valid yet", { nbf: now + 3600 }, INVALID, "nbf"],
  [
    "that is over",
    { exp: now - 60 },
    "ExpiredTokenException",
    `must be before the expiration date/time ${now - 60}`,
  ],
  [
    "of an issuer that is no provider",
    { iss: "https://other.example.com" },
    INVALID,
    "No OpenIDConnect provider found in your account for https://other.example.com",
  ],
  ["of an issuer without a place", { iss: "somebody" }, INVALID, "Issuer must be a valid URL"],
  ["of several issuers", { iss: ["https://a.example.com"] as never }, INVALID, "Issuer must be"],
  ["of another subject", { sub: "repo:octo/fork:x" }, "AccessDenied", DENIED],
  ["whose audience the provider knows alone", { aud: "other" }, "AccessDenied", DENIED],
];

test.each(REFUSED)("a token %s is refused", async (_what, claims, name, message) => {
  await expect(assume(await issuer.sign(claims))).rejects.toMatchObject({
    name: expect.stringMatching(new RegExp(`^${name}(Exception)?$`)),
    message: expect.stringContaining(message),
    $metadata: { httpStatusCode: name === "AccessDenied" ? 403 : 400 },
  });
});

test("a token that the issuer did not sign is refused, and so is one that nobody did", async () => {
  const claims = { iss: issuer.url, sub: MAIN, aud: "sts.amazonaws.com", iat: now, exp: now + 300 };
  const signed = await issuer.sign();
  const [head, , signature] = signed.split(".");
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: "repo:octo/app:x" }));
  for (const token of [
    await issuer.sign({}, "forged"),
    `${head}.${changed.toString("base64url")}.${signature}`,
    new UnsecuredJWT(claims).encode(),
    "not.a.token",
    "nothing",
  ])
    await expect(assume(token)).rejects.toMatchObject({
      name: expect.stringMatching(/^InvalidIdentityToken/),
    });
});

test("an issuer's documents are taken from itself alone, in time and short", async () => {
  const token = await issuer.sign();
  const elsewhere = { location: `${issuer.url}/keys` };
  const discovery = (document: object) => [200, {}, JSON.stringify(document)] as const;
  for (const instead of [
    [302, elsewhere, ""],
    [500, {}, "broken"],
    [200, {}, "no JSON"],
    [200, {}, JSON.stringify("x".repeat(300_000))],
    discovery({ issuer: "https://other.example.com", jwks_uri: `${issuer.url}/keys` }),
    discovery({ issuer: issuer.url, jwks_uri: "http://keys.example.com/keys" }),
    discovery({ issuer: issuer.url }),
  ] as const) {
    issuer.instead.set(DISCOVERY, instead);
    issuer.asked.length = 0;
    await expect(assume(token)).rejects.toMatchObject({
      message: expect.stringContaining(NO_KEY),
    });
    expect(issuer.asked).toEqual([DISCOVERY]);
  }
  issuer.instead.clear();
  issuer.instead.set("/keys", discovery({ keys: [] }));
  await expect(assume(token)).rejects.toMatchObject({ message: expect.stringContaining(NO_KEY) });
});

test("an issuer that is not there says so, and that trying again may help", async () => {
  const gone = await startIssuer();
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: gone.url, ClientIDList: ["sts.amazonaws.com"] }),
  );
  const token = await gone.sign();
  await gone.stop();
  await expect(assume(token)).rejects.toMatchObject({
    name: expect.stringMatching(/^IDPCommunicationError/),
  });
});

test("a role that is not there is refused as one that does not trust is", async () => {
  const absent = "arn:aws:iam::123456789012:role/absent";
  await expect(assume(await issuer.sign(), absent)).rejects.toMatchObject({
    name: expect.stringMatching(/^AccessDenied/),
    message: DENIED,
  });
});

test("a session may what its role may, as far as its own policy lets it", async () => {
  const policy = (Action: string, Condition?: object) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action, Resource: "*", ...(Condition && { Condition }) }],
    });
  // What the token proved stays with the session.
  const PolicyDocument = policy("sqs:ListQueues", { StringEquals: { [key("sub")]: MAIN } });
  const RoleName = "deploy";
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "list", PolicyDocument }));
  const list = async (claims: JWTPayload, Policy?: string) => {
    const more = Policy === undefined ? {} : { Policy };
    const session = new SQSClient(using(await assume(await issuer.sign(claims), deploy, more)));
    return session.send(new ListQueuesCommand({})).finally(() => session.destroy());
  };
  await list({});
  await expect(list({ sub: "repo:octo/app:pull_request" })).rejects.toThrow(/identity-based/);
  await expect(list({}, policy("sqs:SendMessage"))).rejects.toThrow(/session policy/);
});

test("a token's tags and source identity need rights of their own", async () => {
  const claims = {
    "https://aws.amazon.com/tags": { principal_tags: { team: ["blue"] } },
    "https://aws.amazon.com/source_identity": "ada",
  };
  const token = await issuer.sign(claims);
  await expect(assume(token)).rejects.toThrow("Not authorized to perform sts:TagSession");
  const condition = { StringEquals: { "aws:RequestTag/team": "blue" } };
  const tagged = await newRole("tagged", condition, ["sts:TagSession", "sts:SetSourceIdentity"]);
  expect(await assume(token, tagged)).toMatchObject({
    SourceIdentity: "ada",
    PackedPolicySize: expect.any(Number),
  });
});
