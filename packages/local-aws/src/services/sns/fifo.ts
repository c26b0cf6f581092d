import { createHash } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { invalidParameter } from "./faults.ts";
import type { FoundTopic } from "./find.ts";
import { fifoMemories, type Notification } from "./state.ts";

/** https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
const DEDUPLICATION_MS = 5 * 60 * 1000;
const FIRST_SEQUENCE = "10000000000000000000";
const STEP = 1000n;

/** What a FIFO topic makes of a message. */
interface Remembered {
  /** False where it was told the same within five minutes: then nobody is told again. */
  readonly isNew: boolean;
  readonly messageId: string;
  readonly sequence: string;
}

/** Gives a message its number, or finds the one that it repeats. @throws AwsError `InvalidParameterException` */
export function remember(
  { topic, store }: FoundTopic,
  clock: Clock,
  { message, groupId = "", deduplicationId }: Notification,
  messageId: string,
): Remembered {
  const isByContent = topic.attributes.ContentBasedDeduplication === "true";
  if (deduplicationId === undefined && !isByContent)
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  const id = deduplicationId ?? createHash("sha256").update(message).digest("hex");
  const isPerGroup = topic.attributes.FifoThroughputScope === "MessageGroup";
  const key = isPerGroup ? `${groupId}\n${id}` : id;
  const now = clock.now();
  const { last, recent } = store.of(fifoMemories).get(topic.name) ?? {
    last: FIRST_SEQUENCE,
    recent: [],
  };
  const kept = recent.filter(({ at }) => now - at < DEDUPLICATION_MS);
  const known = kept.find((each) => each.key === key);
  if (known) return { isNew: false, messageId: known.messageId, sequence: known.sequence };
  const sequence = String(BigInt(last) + STEP);
  store.of(fifoMemories).put(topic.name, {
    last: sequence,
    recent: [...kept, { key, at: now, messageId, sequence }],
  });
  return { isNew: true, messageId, sequence };
}
