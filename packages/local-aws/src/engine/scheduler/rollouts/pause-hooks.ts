import { randomBytes } from "node:crypto";
import type { Clock } from "../../../clock/clock.ts";
import type { HookRun, ServiceDeployment } from "../../../services/ecs/rollouts/state.ts";
import { ROLLOUT_TEXTS as SAID } from "../../../services/ecs/rollouts/texts.ts";

const MINUTE_MS = 60_000;

/** What hooks say of going on from a stage. */
export type HookVerdict =
  | { readonly goes: "on" }
  /** Until somebody answers; or for `leftMs` milliseconds of idle time at most. */
  | { readonly goes: "nowhere"; readonly leftMs: number }
  | { readonly goes: "back"; readonly why: string };

/**
 * Begins what halts a deployment at its stage, and ends what has waited for too long.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html
 * @returns the deployment's hooks as they are now, and what they say
 */
export function runHooks(
  { configuration, hooks, stage, stageSince }: ServiceDeployment,
  clock: Clock,
): { readonly hooks: readonly HookRun[]; readonly verdict: HookVerdict } {
  const wanted = (configuration.lifecycleHooks ?? []).filter(({ stages }) =>
    stages.some((it) => it === stage),
  );
  const isHere = (run: HookRun) => run.stage === stage && run.since >= stageSince;
  const begun = hooks.filter(isHere);
  const fresh = wanted.slice(begun.length).map(({ timeoutInMinutes, action }): HookRun => ({
    hookId: `ecs-pause-${randomBytes(32).toString("base64url")}`,
    stage: stage!,
    status: "AWAITING_ACTION",
    since: clock.now(),
    timeoutMinutes: timeoutInMinutes,
    expiresAt: clock.now() + (timeoutInMinutes * MINUTE_MS) / clock.acceleration,
    timeoutAction: action,
  }));
  const after = [...hooks, ...fresh].map((run) =>
    run.status === "AWAITING_ACTION" && leftMs(run, clock) <= 0
      ? { ...run, status: "TIMED_OUT" as const }
      : run,
  );
  return { hooks: after, verdict: verdictOf(after.filter(isHere), clock) };
}

const leftMs = ({ timeoutMinutes, since }: HookRun, clock: Clock) =>
  timeoutMinutes * MINUTE_MS - clock.idleSince(since);

function verdictOf(runs: readonly HookRun[], clock: Clock): HookVerdict {
  const failed = runs.find(
    ({ status, timeoutAction }) =>
      status === "FAILED" || (status === "TIMED_OUT" && timeoutAction === "ROLLBACK"),
  );
  if (failed) {
    const { hookId, stage, status } = failed;
    const why =
      status === "FAILED" ? SAID.hookTurnedDown({ hookId }) : SAID.hookTimedOut({ hookId });
    return { goes: "back", why: SAID.hookFailed({ stage, why }) };
  }
  const waiting = runs.filter(({ status }) => status === "AWAITING_ACTION");
  if (waiting.length === 0) return { goes: "on" };
  return { goes: "nowhere", leftMs: Math.min(...waiting.map((run) => leftMs(run, clock))) };
}
