import * as iam from "@aws-sdk/client-iam";
import { afterAll, beforeAll, expect, test } from "vitest";
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
  expect(cloud.errors).toEqual([]);
});

const GITHUB = "token.actions.githubusercontent.com";
const ARN = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`;
const PRINT = "6938fd4d98bab03faadb97b34396831e3780aea1";
const OpenIDConnectProviderArn = ARN;

const create = (more: Partial<iam.CreateOpenIDConnectProviderCommandInput> = {}) =>
  client.send(new iam.CreateOpenIDConnectProviderCommand({ Url: `https://${GITHUB}`, ...more }));
const get = () =>
  client.send(new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));

test("a provider is made, shown, changed and deleted", async () => {
  const Tags = [{ Key: "team", Value: "blue" }];
  const created = await create({
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [PRINT.toUpperCase()],
    Tags,
  });
  expect(created).toMatchObject({ OpenIDConnectProviderArn: ARN, Tags });
  const shown = await get();
  expect(shown).toMatchObject({
    Url: GITHUB,
    ClientIDList: ["sts.amazonaws.com"],
    ThumbprintList: [PRINT],
    Tags,
  });
  expect(shown.CreateDate).toBeInstanceOf(Date);
  const { OpenIDConnectProviderList } = await client.send(
    new iam.ListOpenIDConnectProvidersCommand({}),
  );
  expect(OpenIDConnectProviderList).toEqual([{ Arn: ARN }]);
  const { SummaryMap } = await client.send(new iam.GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({ Providers: 1 });

  const of = (ClientID: string) => ({ OpenIDConnectProviderArn, ClientID });
  for (const id of ["other", "other"])
    await client.send(new iam.AddClientIDToOpenIDConnectProviderCommand(of(id)));
  expect((await get()).ClientIDList).toEqual(["sts.amazonaws.com", "other"]);
  for (const id of ["other", "absent"])
    await client.send(new iam.RemoveClientIDFromOpenIDConnectProviderCommand(of(id)));
  expect((await get()).ClientIDList).toEqual(["sts.amazonaws.com"]);
  const ThumbprintList = ["a".repeat(40), "b".repeat(40)];
  await client.send(
    new iam.UpdateOpenIDConnectProviderThumbprintCommand({
      OpenIDConnectProviderArn,
      ThumbprintList,
    }),
  );
  expect((await get()).ThumbprintList).toEqual(ThumbprintList);

  const remove = new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn });
  await client.send(remove);
  await client.send(remove);
  await expect(get()).rejects.toMatchObject({
    name: expect.stringMatching(/^NoSuchEntity/),
    message: `OpenIDConnect Provider not found for arn ${ARN}`,
    $metadata: { httpStatusCode: 404 },
  });
});

test("a provider's tags are laid over and taken away, and answered in pages", async () => {
  await create();
  const tag = (...keys: string[]) =>
    client.send(
      new iam.TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn,
        Tags: keys.map((Key) => ({ Key, Value: "new" })),
      }),
    );
  await tag("a", "b", "c");
  await client.send(
    new iam.UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ["b"] }),
  );
  const list = (Marker?: string) =>
    client.send(
      new iam.ListOpenIDConnectProviderTagsCommand({
        OpenIDConnectProviderArn,
        MaxItems: 1,
        Marker,
      }),
    );
  const first = await list();
  expect([first.Tags, first.IsTruncated]).toEqual([[{ Key: "a", Value: "new" }], true]);
  const second = await list(first.Marker);
  expect([second.Tags, second.IsTruncated]).toEqual([[{ Key: "c", Value: "new" }], false]);
});

test("there is one provider of an issuer", async () => {
  await create({ Url: "https://twice.example.com" });
  await expect(create({ Url: "https://twice.example.com" })).rejects.toMatchObject({
    name: expect.stringMatching(/^EntityAlreadyExists/),
    message: "Provider with url https://twice.example.com already exists.",
  });
});

test.each([
  "http://issuer.example.com",
  "issuer.example.com",
  "https://issuer.example.com?a=b",
  "https://issuer.example.com#a",
  "https://me:secret@issuer.example.com",
  "ftp://127.0.0.1",
])("%s can be no issuer", async (Url) => {
  await expect(create({ Url })).rejects.toMatchObject({
    name: "ValidationError",
    message: "Invalid Open ID Connect Provider URL",
  });
});

test("an issuer on this machine may be reached by http, and shows it", async () => {
  const { OpenIDConnectProviderArn: arn } = await create({ Url: "http://127.0.0.1:3000/realm" });
  expect(arn).toBe("arn:aws:iam::123456789012:oidc-provider/127.0.0.1:3000/realm");
  const command = new iam.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn! });
  expect((await client.send(command)).Url).toBe("http://127.0.0.1:3000/realm");
});

test("a provider has up to 100 client ids and 5 thumbprints", async () => {
  const Url = "https://many.example.com";
  const ClientIDList = Array.from({ length: 101 }, (_, index) => `id-${index}`);
  await expect(create({ Url, ClientIDList })).rejects.toMatchObject({
    name: expect.stringMatching(/^LimitExceeded/),
    message: "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
  });
  const ThumbprintList = Array.from({ length: 6 }, () => PRINT);
  await expect(create({ Url, ThumbprintList })).rejects.toMatchObject({
    name: expect.stringMatching(/^InvalidInput/),
  });
});
