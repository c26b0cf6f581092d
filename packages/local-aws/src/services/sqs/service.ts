import { defineService } from "../service.ts";
import { taggedKind } from "../kit/tagging.ts";
import { members } from "./members.ts";
import { moveTaskHandlers } from "./move-tasks.ts";
import { permissionHandlers } from "./permissions.ts";
import { queueHandlers } from "./queues.ts";
import { receiptHandlers } from "./receipts.ts";
import { receiveHandlers } from "./receive.ts";
import { sendHandlers } from "./send.ts";
import { queues } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** What queues are found by is the path of their URL. */
const pathOf = (arn: string) => arn.split(":").slice(4).join("/");

/** Amazon SQS. */
export const service = defineService({
  id: "sqs",
  rights: "own",
  members,
  tagging: {
    kinds: [taggedKind(queues)],
    tag: (arn, Tags) => ({ operation: "TagQueue", input: { QueueUrl: pathOf(arn), Tags } }),
    untag: (arn, TagKeys) => ({
      operation: "UntagQueue",
      input: { QueueUrl: pathOf(arn), TagKeys },
    }),
  },
  handlers: {
    ...queueHandlers,
    ...sendHandlers,
    ...receiptHandlers,
    ...tagHandlers,
    ...permissionHandlers,
    ...moveTaskHandlers,
  },
  streaming: { ...receiveHandlers },
});
