import type { Stage } from "../../../services/ecs/rollouts/state.ts";

/** What the next stage of a deployment that shifts traffic is told from. */
export interface StageFacts {
  readonly stage: Stage;
  /** How many of {@link shares} have been given. */
  readonly step: number;
  /** Per cent of the production traffic, one after the other. */
  readonly shares: readonly number[];
  /** It goes back to what was there before. */
  readonly isRollback: boolean;
  /** Nothing is left of earlier deployments but the one that production stands on, which has all its tasks. */
  readonly isReconciled: boolean;
  /** What production is going to has all its tasks, and all are well. */
  readonly isReady: boolean;
  /** The time between two shares is over. */
  readonly hasStepBaked: boolean;
  /** The time in which both can be gone back to is over. */
  readonly hasBaked: boolean;
}

/** The stage that follows, and the step that it is about. */
export interface StageMove {
  readonly stage: Stage;
  readonly step: number;
}

/**
 * Where a deployment goes from its stage; undefined while it has to stay. It ends in CLEAN_UP.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
 */
export function nextStage(facts: StageFacts): StageMove | undefined {
  const { step } = facts;
  const to = (stage: Stage, at = step): StageMove => ({ stage, step: at });
  if (facts.isRollback) return nextBack(facts);
  switch (facts.stage) {
    case "RECONCILE_SERVICE":
      return facts.isReconciled ? to("PRE_SCALE_UP") : undefined;
    case "PRE_SCALE_UP":
      return to("SCALE_UP");
    case "SCALE_UP":
      return facts.isReady ? to("POST_SCALE_UP") : undefined;
    case "POST_SCALE_UP":
      return to("TEST_TRAFFIC_SHIFT");
    case "TEST_TRAFFIC_SHIFT":
      return to("POST_TEST_TRAFFIC_SHIFT");
    case "POST_TEST_TRAFFIC_SHIFT":
      return to("PRE_PRODUCTION_TRAFFIC_SHIFT");
    case "PRE_PRODUCTION_TRAFFIC_SHIFT":
      return to("PRODUCTION_TRAFFIC_SHIFT");
    case "PRODUCTION_TRAFFIC_SHIFT":
      if (step + 1 >= facts.shares.length) return to("POST_PRODUCTION_TRAFFIC_SHIFT");
      return facts.hasStepBaked ? to("PRE_PRODUCTION_TRAFFIC_SHIFT", step + 1) : undefined;
    case "POST_PRODUCTION_TRAFFIC_SHIFT":
      return to("BAKE_TIME");
    case "BAKE_TIME":
      return facts.hasBaked ? to("CLEAN_UP") : undefined;
    case "CLEAN_UP":
      return undefined;
  }
}

/** The way back has no halts: once what was there has all its tasks again, all traffic is its. */
function nextBack({ stage, step, isReady }: StageFacts): StageMove | undefined {
  if (stage === "SCALE_UP")
    return isReady ? { stage: "PRODUCTION_TRAFFIC_SHIFT", step } : undefined;
  return stage === "PRODUCTION_TRAFFIC_SHIFT" ? { stage: "CLEAN_UP", step } : undefined;
}

/** What a deployment of a service is to have: so many tasks, or those that it has and no others. */
export type WantedTasks = number | "as it is";

/** Whose tasks {@link wantedTasks} is asked about. */
export type Part = "target" | "base" | "other";

/**
 * How many tasks each part has in a stage. While traffic can go either way, both have all that the service wants.
 * @param count what the service wants
 */
export function wantedTasks(
  part: Part,
  { stage, isRollback, count }: { stage: Stage; isRollback: boolean; count: number },
): WantedTasks {
  if (isRollback) {
    if (part === "target") return count;
    return stage === "CLEAN_UP" ? 0 : "as it is";
  }
  switch (part) {
    case "target":
      return stage === "RECONCILE_SERVICE" || stage === "PRE_SCALE_UP" ? 0 : count;
    case "base":
      return stage === "CLEAN_UP" ? 0 : count;
    case "other":
      return 0;
  }
}
