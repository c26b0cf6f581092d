import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {},
  meaningless: [
    {
      why: [
        "Policies do not keep anyone from setting the next one here.",
        "ここでは、ポリシーのために次のポリシーを設定できなくなることはありません。",
      ],
      members: { SetRepositoryPolicyRequest: "force" },
    },
  ],
  usedIn: {
    "faults.ts": { "*": "registryId" },
    "images.ts": { DescribeImagesFilter: "imageStatus tagStatus" },
  },
};
