import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { groupHandlers } from "./groups.ts";
import { members } from "./members.ts";
import { rights } from "./rights.ts";
import { scheduleHandlers } from "./schedules.ts";
import { scheduleGroups } from "./state.ts";

/** Amazon EventBridge Scheduler. Universal targets, and those of services that are not here, are refused by name. */
export const service = defineService({
  id: "scheduler",
  fault: "InternalServerException",
  members,
  rights,
  tagging: {
    kinds: [taggedKind(scheduleGroups)],
    ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]),
  },
  handlers: { ...groupHandlers, ...scheduleHandlers },
});
