import { lastPart } from "../../ground/arn.ts";
import type { Store } from "../../store/store.ts";
import { tasks, type Task } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** The stop code of a task whose capacity Spot takes back. */
export const SPOT_INTERRUPTION = "SpotInterruption";

/** How long before it takes the capacity Spot says so. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
export const SPOT_NOTICE_MS = 120_000;

/** What became of the wish to interrupt a task. */
export type Interrupted = Task | "not there" | "not on Spot" | "stopping already";

/**
 * Takes back the Spot capacity of a task, as AWS does when it needs it: the task is told to stop, and has two minutes.
 * @param reference an id or an ARN, of any account and region
 */
export function interruptSpotTask(store: Store, reference: string, now: number): Interrupted {
  const id = lastPart(reference);
  for (const collection of store.all(tasks)) {
    const task = collection.find(
      ({ arn }) => arn === reference || (id === reference && lastPart(arn) === id),
    );
    if (!task) continue;
    if (task.capacityProviderName !== "FARGATE_SPOT") return "not on Spot";
    if (task.desiredStatus === "STOPPED") return "stopping already";
    return store.transaction(() =>
      collection.patch(task.arn, {
        desiredStatus: "STOPPED",
        stopCode: SPOT_INTERRUPTION,
        stoppedReason: TEXTS.spotInterrupted(),
        stoppingAt: now,
        version: task.version + 1,
      }),
    );
  }
  return "not there";
}
