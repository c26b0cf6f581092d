import { both, UserError } from "@workbook/toolchain";
import { pollUntil } from "../poll.ts";
import type { TerraformEvent } from "../terraform/events.ts";
import type { RunningRecord } from "../terraform/running-file.ts";
import type { Terraform } from "../terraform/terraform.ts";
import { isLockOf, readStateLock, type StateLock } from "./state-lock.ts";
import { stateKey } from "./state-objects.ts";
import type { Target } from "./target.ts";

/** A stack whose backend is initialised. */
export interface RecoverOptions {
  readonly target: Target;
  /** Where Terraform works on it. */
  readonly directory: string;
  readonly terraform: Terraform;
  readonly bucket: string;
  /** Its configuration, which names the state. */
  readonly json: string;
  /** The last run of ours, where that failed or was cut off. */
  readonly left: RunningRecord | undefined;
  readonly onEvent: ((event: TerraformEvent) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How long somebody else may hold the state before we say so and leave. */
const WAIT = [
  "wait for it; or, if it is gone:",
  "終わるのを待ちます。もう動いていなければ:",
] as const;
const LOCK_DEADLINE_MS = 30_000;

/**
 * Makes a state usable again after a run that failed: takes away the lock that it left, and stores the state that it could
 * not store. Somebody else's lock is waited for.
 * @throws {UserError} where somebody else keeps it
 */
export async function recoverState(options: RecoverOptions): Promise<void> {
  const { terraform } = options;
  const lock = await foreignLockGone(options);
  if (lock) await terraform.unlock(lock.ID);
  await terraform.pushErroredState();
  terraform.forget();
}

/** The lock that a run of ours left, if any, once nobody else holds the state. */
async function foreignLockGone(options: RecoverOptions): Promise<StateLock | undefined> {
  const { target, bucket, json, left, onEvent, signal } = options;
  const key = stateKey(json);
  const isOurs = (lock: StateLock) => left !== undefined && isLockOf(left, lock);
  const { met, last } = await pollUntil(
    async () => {
      signal?.throwIfAborted();
      const lock = await readStateLock(target, bucket, key);
      if (lock && !isOurs(lock))
        onEvent?.({
          type: "waiting",
          said: [
            `${lock.Who} holds the state since ${lock.Created}`,
            `${lock.Who} が ${lock.Created} からステートを使っています`,
          ],
        });
      return lock;
    },
    (lock) => !lock || isOurs(lock),
    { deadlineMs: LOCK_DEADLINE_MS },
  );
  if (met || !last) return last;
  const unlock = `eval "$(./workbook env)" && terraform -chdir=${options.directory} force-unlock ${last.ID}`;
  throw new UserError(
    [
      `${last.Who} holds the state ${key} since ${last.Created} (${last.Operation}), with a Terraform that the workbook did not start.`,
      `${last.Who} が ${last.Created} からステート ${key} を使っています (${last.Operation})。ワークブックが起動した Terraform ではありません。`,
    ],
    {
      code: "STATE_LOCKED",
      next: both`${WAIT} ${unlock}`,
    },
  );
}
