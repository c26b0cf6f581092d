import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  diffieHellman,
  publicEncrypt,
} from "node:crypto";
import * as kms from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, TEST_REGION, type TestCloud } from "../../testing.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ACCOUNT = "123456789012";
const KEY_ARN = new RegExp(`^arn:aws:kms:${TEST_REGION}:${ACCOUNT}:key/[0-9a-f-]{36}$`);
const clock = new ManualClock();
let cloud: TestCloud;
let client: kms.KMSClient;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
  client = new kms.KMSClient(cloud.clientConfig);
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const text = (words: string) => new TextEncoder().encode(words);
const words = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

async function newKey(input: kms.CreateKeyCommandInput = {}): Promise<string> {
  return (await client.send(new kms.CreateKeyCommand(input))).KeyMetadata!.Arn!;
}

const encrypt = (KeyId: string, Plaintext: string, more: Partial<kms.EncryptCommandInput> = {}) =>
  client.send(new kms.EncryptCommand({ KeyId, Plaintext: text(Plaintext), ...more }));
const decrypt = (
  CiphertextBlob: Uint8Array | undefined,
  more: Partial<kms.DecryptCommandInput> = {},
) => client.send(new kms.DecryptCommand({ CiphertextBlob, ...more }));
const describe = async (KeyId: string) =>
  (await client.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata!;

test("a new key is described as AWS describes one, under each of its names", async () => {
  const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({ Description: "app" }));
  expect(KeyMetadata).toMatchObject({
    AWSAccountId: ACCOUNT,
    Arn: expect.stringMatching(KEY_ARN),
    Enabled: true,
    Description: "app",
    KeyUsage: "ENCRYPT_DECRYPT",
    KeyState: "Enabled",
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    KeySpec: "SYMMETRIC_DEFAULT",
    EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    MultiRegion: false,
    CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const { Arn, KeyId } = KeyMetadata!;
  await client.send(new kms.CreateAliasCommand({ AliasName: "alias/app", TargetKeyId: KeyId }));
  const alias = `arn:aws:kms:${TEST_REGION}:${ACCOUNT}:alias/app`;
  for (const name of [KeyId!, Arn!, "alias/app", alias])
    expect((await describe(name)).Arn).toBe(Arn);
});

test.each([
  ["no-such-key", /Invalid keyId 'no-such-key'/],
  ["alias/nothing", /Alias arn:aws:kms:ap-northeast-1:123456789012:alias\/nothing is not found\./],
  ["00000000-0000-0000-0000-000000000000", /Key 'arn:aws:kms:.*' does not exist/],
  [
    `arn:aws:kms:us-east-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`,
    /Invalid arn us-east-1/,
  ],
  ["arn:aws:kms:ap-northeast-1:999999999999:alias/app", /is not found/],
])("%s names no key", async (KeyId, message) => {
  await expect(describe(KeyId)).rejects.toMatchObject({
    name: "NotFoundException",
    message: expect.stringMatching(message),
  });
});

test("what is encrypted is read with the same context alone, and not when it was changed", async () => {
  const KeyId = await newKey();
  const EncryptionContext = { stage: "test", app: "web" };
  const { CiphertextBlob, KeyId: by } = await encrypt(KeyId, "secret", { EncryptionContext });
  expect(by).toBe(KeyId);
  expect(words(CiphertextBlob)).not.toContain("secret");
  const read = await decrypt(CiphertextBlob, { EncryptionContext: { app: "web", stage: "test" } });
  expect(words(read.Plaintext)).toBe("secret");
  expect(read.KeyId).toBe(KeyId);
  const refused = { name: "InvalidCiphertextException" };
  await expect(decrypt(CiphertextBlob)).rejects.toMatchObject(refused);
  const changed = Uint8Array.from(CiphertextBlob!);
  changed[changed.length - 1]! ^= 1;
  await expect(decrypt(changed, { EncryptionContext })).rejects.toMatchObject(refused);
  await expect(decrypt(text("nothing"))).rejects.toMatchObject(refused);
  await expect(
    decrypt(CiphertextBlob, { EncryptionContext, KeyId: await newKey() }),
  ).rejects.toMatchObject({
    name: "IncorrectKeyException",
  });
});

test("a ciphertext goes from one key to another without its text being seen", async () => {
  const [from, to] = [await newKey(), await newKey()];
  const { CiphertextBlob } = await encrypt(from, "moved");
  const moved = await client.send(
    new kms.ReEncryptCommand({ CiphertextBlob, DestinationKeyId: to }),
  );
  expect(moved).toMatchObject({ SourceKeyId: from, KeyId: to });
  expect(words((await decrypt(moved.CiphertextBlob, { KeyId: to })).Plaintext)).toBe("moved");
});

test("data keys come in clear and wrapped, and a dry run makes none", async () => {
  const KeyId = await newKey();
  const made = await client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));
  expect(made.Plaintext).toHaveLength(32);
  expect((await decrypt(made.CiphertextBlob)).Plaintext).toEqual(made.Plaintext);
  const without = await client.send(
    new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 17 }),
  );
  expect(without).not.toHaveProperty("Plaintext");
  expect((await decrypt(without.CiphertextBlob)).Plaintext).toHaveLength(17);
  const pair = await client.send(
    new kms.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: "ECC_NIST_P256" }),
  );
  expect((await decrypt(pair.PrivateKeyCiphertextBlob)).Plaintext).toEqual(
    pair.PrivateKeyPlaintext,
  );
  const dry = new kms.GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", DryRun: true });
  await expect(client.send(dry)).rejects.toMatchObject({ name: "DryRunOperationException" });
  await expect(client.send(new kms.GenerateDataKeyCommand({ KeyId }))).rejects.toMatchObject({
    name: "ValidationException",
  });
  const random = await client.send(new kms.GenerateRandomCommand({ NumberOfBytes: 24 }));
  expect(random.Plaintext).toHaveLength(24);
});

test.each(["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"] as const)(
  "what somebody encrypts by the public key (%s), the key decrypts",
  async (EncryptionAlgorithm) => {
    const KeyId = await newKey({ KeySpec: "RSA_2048", KeyUsage: "ENCRYPT_DECRYPT" });
    const { PublicKey } = await client.send(new kms.GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
    const oaepHash = EncryptionAlgorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256";
    const CiphertextBlob = publicEncrypt(
      { key, oaepHash, padding: constants.RSA_PKCS1_OAEP_PADDING },
      text("hello"),
    );
    const read = await decrypt(CiphertextBlob, { KeyId, EncryptionAlgorithm });
    expect(words(read.Plaintext)).toBe("hello");
    await expect(encrypt(KeyId, "x".repeat(215), { EncryptionAlgorithm })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("cannot encrypt data larger than"),
    });
  },
);

const SIGNERS = [
  ["RSA_2048", "RSASSA_PSS_SHA_256"],
  ["RSA_2048", "RSASSA_PSS_SHA_512"],
  ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_256"],
  ["RSA_2048", "RSASSA_PKCS1_V1_5_SHA_384"],
  ["ECC_NIST_P256", "ECDSA_SHA_256"],
  ["ECC_NIST_P384", "ECDSA_SHA_384"],
  ["ECC_NIST_P521", "ECDSA_SHA_512"],
  ["ECC_SECG_P256K1", "ECDSA_SHA_256"],
] as const;

test.each(SIGNERS)(
  "%s with %s: everybody with the public key can verify, a message or its digest",
  async (KeySpec, SigningAlgorithm) => {
    const KeyId = await newKey({ KeySpec, KeyUsage: "SIGN_VERIFY" });
    const hash = `sha${SigningAlgorithm.slice(-3)}`;
    const [raw, digest] = [text("message"), createHash(hash).update("message").digest()];
    const { PublicKey } = await client.send(new kms.GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: "der", type: "spki" });
    const pss = {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    const by = SigningAlgorithm.includes("PSS") ? { key, ...pss } : { key };
    for (const [Message, MessageType] of [
      [raw, "RAW"],
      [digest, "DIGEST"],
    ] as const) {
      const signed = await client.send(
        new kms.SignCommand({ KeyId, Message, MessageType, SigningAlgorithm }),
      );
      expect(verify(hash, raw, by, signed.Signature!)).toBe(true);
      // And KMS takes each for the other: the signature is of the same digest.
      for (const [message, type] of [
        [raw, "RAW"],
        [digest, "DIGEST"],
      ] as const)
        expect(
          await client.send(
            new kms.VerifyCommand({
              KeyId,
              Message: message,
              MessageType: type,
              SigningAlgorithm,
              Signature: signed.Signature,
            }),
          ),
        ).toMatchObject({ SignatureValid: true });
      const other =
        MessageType === "RAW" ? text("another") : createHash(hash).update("another").digest();
      const wrong = new kms.VerifyCommand({
        KeyId,
        Message: other,
        MessageType,
        SigningAlgorithm,
        Signature: signed.Signature,
      });
      await expect(client.send(wrong)).rejects.toMatchObject({
        name: "KMSInvalidSignatureException",
      });
    }
    const short = new kms.SignCommand({
      KeyId,
      Message: text("short"),
      MessageType: "DIGEST",
      SigningAlgorithm,
    });
    await expect(client.send(short)).rejects.toMatchObject({ name: "ValidationException" });
  },
);

test("a signature that somebody makes elsewhere of another key is none of this key", async () => {
  const KeyId = await newKey({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const Signature = sign("sha256", text("m"), privateKey);
  const Message = createHash("sha256").update("m").digest();
  const SigningAlgorithm = "RSASSA_PKCS1_V1_5_SHA_256" as const;
  const forged = new kms.VerifyCommand({
    KeyId,
    Message,
    MessageType: "DIGEST",
    SigningAlgorithm,
    Signature,
  });
  await expect(client.send(forged)).rejects.toMatchObject({ name: "KMSInvalidSignatureException" });
});

test("message authentication codes are made and compared", async () => {
  const KeyId = await newKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
  const MacAlgorithm = "HMAC_SHA_256" as const;
  const { Mac } = await client.send(
    new kms.GenerateMacCommand({ KeyId, Message: text("m"), MacAlgorithm }),
  );
  expect(Mac).toHaveLength(32);
  const look = (message: string) =>
    client.send(new kms.VerifyMacCommand({ KeyId, Message: text(message), Mac, MacAlgorithm }));
  expect(await look("m")).toMatchObject({ MacValid: true });
  await expect(look("n")).rejects.toMatchObject({ name: "KMSInvalidMacException" });
});

test("two keys agree on the same secret", async () => {
  const KeyId = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "KEY_AGREEMENT" });
  const mine = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const PublicKey = mine.publicKey.export({ type: "spki", format: "der" });
  const derived = await client.send(
    new kms.DeriveSharedSecretCommand({ KeyId, PublicKey, KeyAgreementAlgorithm: "ECDH" }),
  );
  const theirs = (await client.send(new kms.GetPublicKeyCommand({ KeyId }))).PublicKey!;
  const publicKey = createPublicKey({ key: Buffer.from(theirs), format: "der", type: "spki" });
  const same = diffieHellman({ privateKey: mine.privateKey, publicKey });
  expect(Buffer.from(derived.SharedSecret!)).toEqual(same);
});

test.each([
  [{ KeySpec: "RSA_2048" }, "ValidationException"],
  [{ KeySpec: "HMAC_256" }, "ValidationException"],
  [{ KeyUsage: "SIGN_VERIFY" }, "ValidationException"],
  [{ KeySpec: "ECC_SECG_P256K1", KeyUsage: "KEY_AGREEMENT" }, "ValidationException"],
  [{ KeySpec: "SM2", KeyUsage: "SIGN_VERIFY" }, "NotImplemented"],
  [{ Origin: "EXTERNAL" }, "NotImplemented"],
  [{ MultiRegion: true }, "NotImplemented"],
  [{ Tags: [{ TagKey: "aws:x", TagValue: "" }] }, "TagException"],
  [{ Policy: "{}" }, "MalformedPolicyDocumentException"],
] as const)("a key of %j is refused: %s", async (input, name) => {
  await expect(newKey(input as kms.CreateKeyCommandInput)).rejects.toMatchObject({ name });
});

test("a key does what it is for, and nothing else", async () => {
  const KeyId = await newKey();
  const Message = text("m");
  const sign_ = new kms.SignCommand({ KeyId, Message, SigningAlgorithm: "ECDSA_SHA_256" });
  await expect(client.send(sign_)).rejects.toMatchObject({
    name: "InvalidKeyUsageException",
    message: `${KeyId} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
  });
});

test("a key that is disabled, or to be deleted, computes nothing; its time over, it is gone", async () => {
  const KeyId = await newKey();
  const { CiphertextBlob } = await encrypt(KeyId, "kept");
  await client.send(new kms.DisableKeyCommand({ KeyId }));
  await expect(decrypt(CiphertextBlob)).rejects.toMatchObject({
    name: "DisabledException",
    message: `${KeyId} is disabled.`,
  });
  await client.send(new kms.EnableKeyCommand({ KeyId }));
  expect(words((await decrypt(CiphertextBlob)).Plaintext)).toBe("kept");

  const deletion = (days: number) =>
    client.send(new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: days }));
  await expect(deletion(6)).rejects.toMatchObject({ name: "ValidationException" });
  await client.send(new kms.CreateAliasCommand({ AliasName: "alias/going", TargetKeyId: KeyId }));
  expect(await deletion(7)).toMatchObject({
    KeyState: "PendingDeletion",
    DeletionDate: new Date(clock.now() + 7 * DAY_MS),
  });
  await expect(decrypt(CiphertextBlob)).rejects.toMatchObject({
    name: "KMSInvalidStateException",
    message: `${KeyId} is pending deletion.`,
  });
  await client.send(new kms.CancelKeyDeletionCommand({ KeyId }));
  expect(await describe(KeyId)).toMatchObject({ KeyState: "Disabled" });

  await deletion(7);
  await clock.advance(7 * DAY_MS);
  await expect(describe(KeyId)).rejects.toMatchObject({ name: "NotFoundException" });
  await expect(describe("alias/going")).rejects.toMatchObject({ name: "NotFoundException" });
  await expect(decrypt(CiphertextBlob)).rejects.toMatchObject({ name: "NotFoundException" });
});

test("a key that is rotated, by time or on demand, still reads what it wrote before", async () => {
  const KeyId = await newKey();
  const { CiphertextBlob } = await encrypt(KeyId, "old");
  const status = () => client.send(new kms.GetKeyRotationStatusCommand({ KeyId }));
  expect(await status()).toMatchObject({ KeyRotationEnabled: false });
  await client.send(new kms.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
  expect(await status()).toMatchObject({
    KeyRotationEnabled: true,
    RotationPeriodInDays: 90,
    NextRotationDate: new Date(clock.now() + 90 * DAY_MS),
  });
  const { CurrentKeyMaterialId: first } = await describe(KeyId);
  await clock.advance(90 * DAY_MS);
  const { CurrentKeyMaterialId: second } = await describe(KeyId);
  expect(second).not.toBe(first);
  await client.send(new kms.RotateKeyOnDemandCommand({ KeyId }));
  const { Rotations } = await client.send(new kms.ListKeyRotationsCommand({ KeyId }));
  expect(Rotations!.map(({ RotationType }) => RotationType)).toEqual(["AUTOMATIC", "ON_DEMAND"]);
  expect(words((await decrypt(CiphertextBlob)).Plaintext)).toBe("old");
  const fresh = await encrypt(KeyId, "new");
  expect((await decrypt(fresh.CiphertextBlob)).KeyMaterialId).toBe(
    (await describe(KeyId)).CurrentKeyMaterialId,
  );
  const rsa = await newKey({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" });
  await expect(client.send(new kms.EnableKeyRotationCommand({ KeyId: rsa }))).rejects.toMatchObject(
    {
      name: "UnsupportedOperationException",
    },
  );
});

test("aliases move between keys of a kind, and are listed with those of AWS", async () => {
  const [one, two] = [await newKey(), await newKey()];
  const AliasName = "alias/moving";
  await client.send(new kms.CreateAliasCommand({ AliasName, TargetKeyId: one }));
  await expect(
    client.send(new kms.CreateAliasCommand({ AliasName, TargetKeyId: two })),
  ).rejects.toMatchObject({
    name: "AlreadyExistsException",
    message: `An alias with the name arn:aws:kms:${TEST_REGION}:${ACCOUNT}:alias/moving already exists`,
  });
  await client.send(new kms.UpdateAliasCommand({ AliasName, TargetKeyId: two }));
  expect((await describe(AliasName)).Arn).toBe(two);
  const listed = await client.send(new kms.ListAliasesCommand({ KeyId: two }));
  expect(listed.Aliases).toMatchObject([{ AliasName, TargetKeyId: two.split("/")[1] }]);
  const all = await client.send(new kms.ListAliasesCommand({ Limit: 1000 }));
  expect(all.Aliases!.map((each) => each.AliasName)).toEqual(
    expect.arrayContaining([AliasName, "alias/aws/ssm"]),
  );
  const signer = await newKey({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" });
  await expect(
    client.send(new kms.UpdateAliasCommand({ AliasName, TargetKeyId: signer })),
  ).rejects.toMatchObject({ name: "ValidationException" });
  await client.send(new kms.DeleteAliasCommand({ AliasName }));
  await expect(describe(AliasName)).rejects.toMatchObject({ name: "NotFoundException" });
  const reserved = new kms.CreateAliasCommand({ AliasName: "alias/aws/mine", TargetKeyId: one });
  await expect(client.send(reserved)).rejects.toMatchObject({ name: "NotAuthorizedException" });
  const bare = new kms.CreateAliasCommand({ AliasName: "mine", TargetKeyId: one });
  await expect(client.send(bare)).rejects.toMatchObject({ name: "ValidationException" });
});

test("pages of keys follow each other, each key once", async () => {
  const made = [await newKey(), await newKey(), await newKey()];
  const seen: string[] = [];
  for await (const { Keys } of kms.paginateListKeys({ client, pageSize: 2 }, {}))
    seen.push(...Keys!.map(({ KeyArn }) => KeyArn!));
  expect(seen).toEqual(expect.arrayContaining(made));
  expect(new Set(seen).size).toBe(seen.length);
  const odd = new kms.ListKeysCommand({ Marker: "elsewhere" });
  await expect(client.send(odd)).rejects.toMatchObject({ name: "InvalidMarkerException" });
});

test("tags are laid over each other and taken off", async () => {
  const KeyId = await newKey({ Tags: [{ TagKey: "a", TagValue: "1" }] });
  await client.send(
    new kms.TagResourceCommand({
      KeyId,
      Tags: [
        { TagKey: "a", TagValue: "2" },
        { TagKey: "b", TagValue: "" },
      ],
    }),
  );
  await client.send(new kms.UntagResourceCommand({ KeyId, TagKeys: ["b"] }));
  const { Tags } = await client.send(new kms.ListResourceTagsCommand({ KeyId }));
  expect(Tags).toEqual([{ TagKey: "a", TagValue: "2" }]);
});

test("a service's own key is there when it is first named, and nobody changes it or uses it directly", async () => {
  const key = await describe("alias/aws/ssm");
  expect(key).toMatchObject({ KeyManager: "AWS", Enabled: true });
  expect((await describe("alias/aws/ssm")).Arn).toBe(key.Arn);
  const refused = { name: "AccessDeniedException" };
  await expect(client.send(new kms.DisableKeyCommand({ KeyId: key.KeyId }))).rejects.toMatchObject(
    refused,
  );
  await expect(encrypt("alias/aws/ssm", "mine")).rejects.toMatchObject(refused);
});
