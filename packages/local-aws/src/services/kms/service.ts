import type { Members } from "../kit/members.ts";
import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { aliasHandlers } from "./aliases.ts";
import { dataKeyHandlers, dataKeyPairHandlers } from "./data-keys.ts";
import { encryptionHandlers } from "./encryption.ts";
import { grantHandlers } from "./grants.ts";
import { keyPolicyHandlers } from "./key-policies.ts";
import { keyHandlers, newKeyHandlers } from "./keys.ts";
import { rotationHandlers } from "./rotation.ts";
import { signingHandlers } from "./signing.ts";
import { keys } from "./state.ts";
import { tagHandlers } from "./tags.ts";

const GRANTABLE = [
  "CreateGrant",
  "Decrypt",
  "DeriveSharedSecret",
  "DescribeKey",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateMac",
  "GetPublicKey",
  "ReEncrypt",
  "Sign",
  "Verify",
  "VerifyMac",
];

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateKeyRequest: "CustomKeyStoreId MultiRegion XksKeyId",
    DecryptRequest: "Recipient DryRunModifiers",
    ReEncryptRequest: "DryRunModifiers",
    DeriveSharedSecretRequest: "Recipient",
    GenerateDataKeyRequest: "Recipient",
    GenerateDataKeyPairRequest: "Recipient",
    GenerateRandomRequest: "CustomKeyStoreId Recipient",
    CreateGrantRequest: "GranteeServicePrincipal RetiringServicePrincipal",
    GrantConstraints: "SourceArn",
    ListGrantsRequest: "GranteeServicePrincipal",
    ListRetirableGrantsRequest: "RetiringServicePrincipal",
  },
  meaningless: [
    {
      why: [
        "Grants hold from the moment they are made.",
        "許可 (grant) は作成した時点から有効です。",
      ],
      members: Object.fromEntries(GRANTABLE.map((name) => [`${name}Request`, "GrantTokens"])),
    },
  ],
  usedIn: {},
};

/** AWS Key Management Service. Custom key stores, imported material and multi-Region keys are not there. */
export const service = defineService({
  id: "kms",
  rights: "own",
  fault: "KMSInternalException",
  members,
  tagging: {
    kinds: [taggedKind(keys)],
    ...tagsByArn(["KeyId", "Tags", "TagKeys"], (tags) =>
      Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
    ),
  },
  handlers: {
    ...keyHandlers,
    ...aliasHandlers,
    ...keyPolicyHandlers,
    ...rotationHandlers,
    ...tagHandlers,
    ...grantHandlers,
    ...encryptionHandlers,
    ...dataKeyHandlers,
    ...signingHandlers,
  },
  streaming: { ...newKeyHandlers, ...dataKeyPairHandlers },
});
