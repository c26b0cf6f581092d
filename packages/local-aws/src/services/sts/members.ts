import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {
    AssumeRoleRequest:
      "Tags TransitiveTagKeys SerialNumber TokenCode SourceIdentity ProvidedContexts MinimumSessionTokenSize",
    GetSessionTokenRequest: "SerialNumber TokenCode MinimumSessionTokenSize",
  },
  meaningless: [
    {
      why: [
        "What a session policy is: one is refused, whichever it is.",
        "セッションポリシーの内容です。どのポリシーも拒否されます。",
      ],
      members: { PolicyDescriptorType: "arn" },
    },
  ],
  usedIn: {},
};
