import { written, without } from "../kit/written.ts";
import { defineService } from "../service.ts";
import { members } from "./members.ts";
import { permissionHandlers } from "./permissions.ts";
import { queueHandlers } from "./queues.ts";
import { receiptHandlers } from "./receipts.ts";
import { receiveHandlers } from "./receive.ts";
import { sendHandlers } from "./send.ts";
import { deduplications, deletedQueues, messages, queues, sequences } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** Amazon SQS. */
export const sqs = defineService({
  id: "sqs",
  rights: "own",
  members,
  shown: [],
  written: [
    written(messages),
    written(deduplications),
    written(sequences),
    written(deletedQueues),
    written(queues, (queue) => without(queue, "purgedAt")),
  ],
  handlers: {
    ...queueHandlers,
    ...sendHandlers,
    ...receiptHandlers,
    ...tagHandlers,
    ...permissionHandlers,
  },
  streaming: { ...receiveHandlers },
});
