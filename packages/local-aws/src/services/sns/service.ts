import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { members } from "./members.ts";
import { permissionHandlers } from "./permissions.ts";
import { publishHandlers } from "./publish.ts";
import { topics } from "./state.ts";
import { subscriptionHandlers } from "./subscriptions.ts";
import { tagHandlers } from "./tags.ts";
import { topicHandlers } from "./topics.ts";

/** Amazon SNS: topics, and their subscriptions by queues and HTTP endpoints. Mail, SMS and mobile push are not there. */
export const service = defineService({
  id: "sns",
  rights: "own",
  fault: "InternalErrorException",
  members,
  tagging: { kinds: [taggedKind(topics)], ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]) },
  handlers: {
    ...topicHandlers,
    ...subscriptionHandlers,
    ...publishHandlers,
    ...tagHandlers,
    ...permissionHandlers,
  },
});
