import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";

interface Named {
  readonly Name: string;
  readonly GroupName?: string;
}

/** What IAM has to allow who uses Scheduler. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export const rights: RightsTable<CallContext> = {
  prefix: "scheduler",
  resources: [
    [
      ({ Name, GroupName = "default" }: Named, { account, region }) =>
        `arn:aws:scheduler:${region}:${account}:schedule/${GroupName}/${Name}`,
      "CreateSchedule GetSchedule UpdateSchedule DeleteSchedule",
    ],
    [
      ({ Name }: Named, { account, region }) =>
        `arn:aws:scheduler:${region}:${account}:schedule-group/${Name}`,
      "CreateScheduleGroup GetScheduleGroup DeleteScheduleGroup",
    ],
    [
      ({ ResourceArn }: { ResourceArn: string }) => ResourceArn,
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  needs: ({ input }, usual) => {
    const role = (input as { Target?: { RoleArn?: string } }).Target?.RoleArn;
    if (role === undefined) return [usual];
    const keys = { "iam:PassedToService": "scheduler.amazonaws.com" };
    return [usual, { action: "iam:PassRole", on: [role], keys }];
  },
};
