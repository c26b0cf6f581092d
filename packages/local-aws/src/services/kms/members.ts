import type { Members } from "../kit/members.ts";

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
export const members: Members = {
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
