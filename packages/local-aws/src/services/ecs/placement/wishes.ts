import type { PlacementConstraint, PlacementStrategy } from "@aws-sdk/client-ecs";
import { invalidParameter } from "../faults.ts";
import type { Task } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { TEXTS } from "../texts.ts";
import { parseQuery, QueryError } from "./cluster-query.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html#API_RunTask_RequestParameters */
const MOST_STEPS = 5;
const MOST_CONSTRAINTS = 10;

interface Wishes {
  readonly placementConstraints?: readonly PlacementConstraint[] | undefined;
  readonly placementStrategy?: readonly PlacementStrategy[] | undefined;
}

/**
 * What a request asks of where tasks are placed, checked. On Fargate there is nothing to ask.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
 * @throws AwsError `InvalidParameterException` in AWS's words
 */
export function toPlacement(on: "FARGATE" | "EC2", wishes: Wishes): Task["placement"] {
  const { placementConstraints: constraints = [], placementStrategy: strategy = [] } = wishes;
  if (on === "FARGATE") {
    if (strategy.length > 0) throw invalidParameter(TEXTS.placementFargate());
    if (constraints.length > 0) throw invalidParameter(TEXTS.constraintsFargate());
    return undefined;
  }
  if (strategy.length > MOST_STEPS) throw invalidParameter(SAID.strategyTooLong());
  if (constraints.length > MOST_CONSTRAINTS) throw invalidParameter(SAID.constraintsTooMany());
  for (const { type, expression } of constraints) {
    if (type === "distinctInstance") continue;
    if (!expression) throw invalidParameter(SAID.expressionMissing());
    checkExpression(expression);
  }
  return { constraints, strategy: strategy.map(toStep) };
}

/** @throws AwsError `InvalidParameterException`, unless told otherwise, for a text that is no expression */
export function checkExpression(expression: string, refuse = invalidParameter): void {
  try {
    parseQuery(expression);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw refuse(SAID.expressionInvalid({ expression: error.message }));
  }
}

/** Fields of strategies are known in their own spelling: `host` is `instanceId`, `CPU` and `MEMORY` are small. */
function toStep({ type, field }: PlacementStrategy): PlacementStrategy {
  if (type === "random") return { type };
  const known = field === "host" ? "instanceId" : (field ?? "");
  if (type === "binpack") {
    const resource = known.toLowerCase();
    if (resource !== "cpu" && resource !== "memory")
      throw invalidParameter(SAID.strategyInvalid({ type, field: known }));
    return { type, field: resource.toUpperCase() };
  }
  if (known !== "instanceId" && !known.startsWith("attribute:"))
    throw invalidParameter(SAID.strategyInvalid({ type: String(type), field: known }));
  return { type: type!, field: known };
}
