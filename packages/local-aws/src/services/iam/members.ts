import type { Members } from "../kit/members.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
export const members: Members = {
  refused: {},
  meaningless: [
    {
      why: [
        "There are no groups here: a user is in none.",
        "ここにはグループがなく、ユーザーはどのグループにも属しません。",
      ],
      members: { ListGroupsForUserRequest: "Marker MaxItems" },
    },
  ],
  usedIn: {},
};
