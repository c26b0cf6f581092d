import { defineService } from "../service.ts";
import { groupHandlers } from "./groups.ts";
import { putEventHandlers } from "./put-events.ts";
import { readEventHandlers, searchEventHandlers } from "./read-events.ts";
import { streamHandlers } from "./streams.ts";
import { tagHandlers } from "./tags.ts";
import { members } from "./members.ts";
import { logGroups, logStreams } from "./state.ts";

/** Amazon CloudWatch Logs: groups, streams and events. Queries (Insights), metric filters and subscriptions are not there. */
export const logs = defineService({
  id: "logs",
  members,
  shown: [logGroups, logStreams],
  handlers: {
    ...groupHandlers,
    ...streamHandlers,
    ...putEventHandlers,
    ...readEventHandlers,
    ...tagHandlers,
  },
  streaming: searchEventHandlers,
});
