import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { aliasHandlers } from "./aliases.ts";
import { dataKeyHandlers, dataKeyPairHandlers } from "./data-keys.ts";
import { encryptionHandlers } from "./encryption.ts";
import { grantHandlers } from "./grants.ts";
import { keyPolicyHandlers } from "./key-policies.ts";
import { keyHandlers, newKeyHandlers } from "./keys.ts";
import { members } from "./members.ts";
import { rotationHandlers } from "./rotation.ts";
import { signingHandlers } from "./signing.ts";
import { keys } from "./state.ts";
import { tagHandlers } from "./tags.ts";

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
