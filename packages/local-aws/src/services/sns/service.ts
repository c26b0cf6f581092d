import type { Members } from "../kit/members.ts";
import { defineService } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { permissionHandlers, topicHandlers } from "./topics.ts";
import { publishHandlers } from "./publish.ts";
import { topics } from "./state.ts";
import { subscriptionHandlers } from "./subscriptions.ts";
import { tagHandlers } from "./tags.ts";

/** https://docs.aws.amazon.com/sns/latest/api/API_Operations.html */
const members: Members = {
  refused: {
    CreateTopicInput: "DataProtectionPolicy",
    PublishInput: "PhoneNumber",
  },
  meaningless: [],
  usedIn: {
    "publish.ts": {
      PublishInput:
        "Message Subject MessageStructure MessageAttributes MessageDeduplicationId MessageGroupId",
    },
    "services/sqs/message-attributes.ts": {
      MessageAttributeValue: "DataType StringValue BinaryValue",
    },
  },
};

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
