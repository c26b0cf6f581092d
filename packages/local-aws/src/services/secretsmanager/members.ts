import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
export const members: Members = {
  refused: {
    CreateSecretRequest: "AddReplicaRegions Type",
    UpdateSecretRequest: "Type",
    PutSecretValueRequest: "RotationToken",
  },
  meaningless: [
    {
      why: [
        "There are no replicas that could be overwritten.",
        "上書きされるレプリカはありません。",
      ],
      members: { CreateSecretRequest: "ForceOverwriteReplicaSecret" },
    },
  ],
  usedIn: {},
};
