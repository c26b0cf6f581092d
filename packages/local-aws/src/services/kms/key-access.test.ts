import * as kms from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import { policyOf, ROOT, roleSession } from "../iam/testing/role-session.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const ACCOUNT = "123456789012";
let cloud: TestCloud;
let admin: kms.KMSClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  admin = new kms.KMSClient(cloud.clientConfig);
});
afterAll(async () => {
  admin.destroy();
  await cloud.stop();
});

const allow = (Action: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
});
const WHOLE_ACCOUNT = allow("kms:*", { Principal: { AWS: ROOT } });

/** A role with these statements, and a client with a session of it. */
async function roleWith(name: string, ...statements: readonly object[]) {
  const { arn, clientConfig } = await roleSession(cloud, name, ...statements);
  return { arn, client: new kms.KMSClient(clientConfig) };
}

async function newKey(Policy?: string): Promise<string> {
  return (await admin.send(new kms.CreateKeyCommand({ Policy }))).KeyMetadata!.Arn!;
}

const encrypt = (
  client: kms.KMSClient,
  KeyId: string,
  EncryptionContext?: Record<string, string>,
) =>
  client.send(new kms.EncryptCommand({ KeyId, Plaintext: Buffer.from("text"), EncryptionContext }));

test("where a key's policy leaves it to the account, a role's own policies decide", async () => {
  const KeyId = await newKey();
  const without = await roleWith("without");
  await expect(encrypt(without.client, KeyId)).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/without/me is not authorized to perform: kms:Encrypt on resource: ${KeyId} because no identity-based policy allows the kms:Encrypt action`,
  });
  const { client } = await roleWith("with", allow("kms:Encrypt", { Resource: KeyId }));
  await expect(encrypt(client, KeyId)).resolves.toMatchObject({ KeyId });
  await expect(encrypt(client, await newKey())).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  await expect(client.send(new kms.ListKeysCommand({}))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

test("a key's policy names a role, and leaves nothing to the account that it does not name", async () => {
  const named = await roleWith("named");
  const other = await roleWith("other", allow("kms:*"));
  const administrator = `arn:aws:iam::${ACCOUNT}:user/workbook`;
  const KeyId = await newKey(
    policyOf(
      allow("kms:Encrypt", { Principal: { AWS: named.arn } }),
      allow("kms:PutKeyPolicy", { Principal: { AWS: administrator } }),
    ),
  );
  await expect(encrypt(named.client, KeyId)).resolves.toMatchObject({ KeyId });
  for (const client of [other.client, admin])
    await expect(encrypt(client, KeyId)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "because no resource-based policy allows the kms:Encrypt action",
      ),
    });
  const Policy = policyOf(WHOLE_ACCOUNT);
  await admin.send(new kms.PutKeyPolicyCommand({ KeyId, Policy }));
  await expect(encrypt(admin, KeyId)).resolves.toMatchObject({ KeyId });
  expect((await admin.send(new kms.GetKeyPolicyCommand({ KeyId }))).Policy).toBe(Policy);
});

test("a deny goes before everything, also for the administrator", async () => {
  const deny = { Effect: "Deny", Principal: "*", Action: "kms:Encrypt", Resource: "*" };
  const KeyId = await newKey(policyOf(WHOLE_ACCOUNT, deny));
  await expect(encrypt(admin, KeyId)).rejects.toMatchObject({
    message: expect.stringContaining("with an explicit deny in a resource-based policy"),
  });
});

test("conditions of a key's policy see the encryption context", async () => {
  const { arn, client } = await roleWith("by-context");
  const Condition = { StringEquals: { "kms:EncryptionContext:app": "web" } };
  const KeyId = await newKey(
    policyOf(WHOLE_ACCOUNT, allow("kms:Encrypt", { Principal: { AWS: arn }, Condition })),
  );
  await expect(encrypt(client, KeyId, { app: "web" })).resolves.toMatchObject({ KeyId });
  await expect(encrypt(client, KeyId, { app: "other" })).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

test("a grant lets a role do what it names, within its context, until it is revoked", async () => {
  const { arn, client } = await roleWith("granted");
  const KeyId = await newKey();
  const grant = () =>
    admin.send(
      new kms.CreateGrantCommand({
        KeyId,
        Name: "one",
        GranteePrincipal: arn,
        Operations: ["Encrypt", "RetireGrant"],
        Constraints: { EncryptionContextSubset: { app: "web" } },
      }),
    );
  const { GrantId } = await grant();
  expect((await grant()).GrantId).toBe(GrantId);
  await expect(encrypt(client, KeyId, { app: "web", more: "x" })).resolves.toMatchObject({ KeyId });
  await expect(encrypt(client, KeyId)).rejects.toMatchObject({ name: "AccessDeniedException" });
  const { Grants } = await admin.send(new kms.ListGrantsCommand({ KeyId }));
  expect(Grants).toMatchObject([
    { GrantId, GranteePrincipal: arn, Operations: ["Encrypt", "RetireGrant"], Name: "one" },
  ]);
  await admin.send(new kms.RevokeGrantCommand({ KeyId, GrantId }));
  await expect(encrypt(client, KeyId, { app: "web" })).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

test("a grant is given back by who was named for it, and by nobody else", async () => {
  const [grantee, retiring] = [await roleWith("grantee"), await roleWith("retiring")];
  const KeyId = await newKey();
  const { GrantToken } = await admin.send(
    new kms.CreateGrantCommand({
      KeyId,
      GranteePrincipal: grantee.arn,
      RetiringPrincipal: retiring.arn,
      Operations: ["Decrypt"],
    }),
  );
  const retire = (client: kms.KMSClient) => client.send(new kms.RetireGrantCommand({ GrantToken }));
  await expect(retire(grantee.client)).rejects.toMatchObject({ name: "AccessDeniedException" });
  const listed = await admin.send(
    new kms.ListRetirableGrantsCommand({ RetiringPrincipal: retiring.arn }),
  );
  expect(listed.Grants).toHaveLength(1);
  await retire(retiring.client);
  await expect(retire(retiring.client)).rejects.toMatchObject({
    name: "InvalidGrantTokenException",
  });
});

test("a role that may not use a key learns nothing from a ciphertext", async () => {
  const { client } = await roleWith("reader", allow("kms:Decrypt"));
  const own = await encrypt(admin, await newKey());
  await expect(
    client.send(new kms.DecryptCommand({ CiphertextBlob: own.CiphertextBlob })),
  ).resolves.toMatchObject({});
  const gone = Buffer.from(own.CiphertextBlob!);
  gone[3]! ^= 1;
  await expect(client.send(new kms.DecryptCommand({ CiphertextBlob: gone }))).rejects.toMatchObject(
    {
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "does not exist, does not exist in this region, or you are not allowed to access",
      ),
    },
  );
});

test.each([
  [
    policyOf(allow("kms:*", { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/nobody` } })),
    "invalid principals",
  ],
  [
    policyOf(allow("kms:Encrypt", { Principal: { AWS: ROOT } })),
    "will not allow you to update the key policy",
  ],
  [policyOf(allow("kms:*")), "not well-formed"],
  ["no JSON", "not well-formed"],
])("the policy %s is refused: %s", async (Policy, message) => {
  await expect(newKey(Policy)).rejects.toMatchObject({
    name: "MalformedPolicyDocumentException",
    message: expect.stringContaining(message),
  });
});

test("who says so may lock the account out of its key", async () => {
  const Policy = policyOf(allow("kms:Encrypt", { Principal: { AWS: ROOT } }));
  const input = { Policy, BypassPolicyLockoutSafetyCheck: true };
  const KeyId = (await admin.send(new kms.CreateKeyCommand(input))).KeyMetadata!.Arn!;
  await expect(admin.send(new kms.PutKeyPolicyCommand({ KeyId, Policy }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});
