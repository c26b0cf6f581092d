import { readArn } from "../../ground/arn.ts";
import { sendToQueue } from "../../services/sqs/deliver.ts";
import { publishToTopic } from "../../services/sns/deliver.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { needPipeline } from "../../services/codepipeline/find.ts";
import { newExecution } from "../../services/codepipeline/new-execution.ts";
import { actAs, requireRight, scopeOf } from "../acting-role.ts";
import { startTargetBuild } from "./build-target.ts";
import { putOnBus } from "./bus-target.ts";
import { writeToLog } from "./log-target.ts";
import { senderOf } from "./sender.ts";
import { runTargetTask } from "./task-target.ts";

/**
 * Gives a target what it is to have, in the transaction under way.
 * @param scope where the rule or the schedule is
 * @throws AwsError, TargetFailed, TooManyHops: nothing has been done then
 */
export function deliver(context: EngineContext, scope: Scope, waiting: Delivery): void {
  const delivery = { ...waiting, payload: withAttempt(waiting) };
  const { service } = readArn(delivery.target.Arn!);
  if (service === "ecs") runTargetTask(actAs(context, scope, delivery), delivery);
  else if (service === "codebuild") startTargetBuild(actAs(context, scope, delivery), delivery);
  else if (service === "codepipeline") startPipeline(context, scope, delivery);
  else if (service === "logs") writeToLog(context, delivery);
  else if (service === "sqs") sendToTargetQueue(context, scope, delivery);
  else if (service === "sns") publishToTargetTopic(context, scope, delivery);
  else putOnBus(context, scope, delivery);
}

/**
 * Starts a pipeline by the target's role, whatever the event says.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/create-cwe-ecr-source.html
 */
function startPipeline(context: EngineContext, scope: Scope, delivery: Delivery): void {
  const { target, sourceArn } = delivery;
  const arn = target.Arn!;
  requireRight(actAs(context, scope, delivery), "codepipeline:StartPipelineExecution", arn);
  const at = scopeOf(context, arn);
  const pipeline = needPipeline(at, readArn(arn).resource);
  const trigger = { type: "CloudWatchEvent", detail: sourceArn } as const;
  newExecution(at, pipeline, trigger, context.clock.now());
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions */
function sendToTargetQueue(context: EngineContext, scope: Scope, delivery: Delivery): void {
  const { store, clock } = context;
  // A schedule sends by its role, which has to let the service take it on.
  if (delivery.by === "scheduler") void actAs(context, scope, delivery);
  const { target, payload, id } = delivery;
  const groupId = target.SqsParameters?.MessageGroupId;
  // A queue that looks at contents for what it was sent already goes without an id of the sender's.
  const letter = { body: payload, groupId, ...(groupId !== undefined && { deduplicationId: id }) };
  sendToQueue({ cloud: store, clock }, target.Arn!, letter, senderOf(delivery));
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions */
function publishToTargetTopic(context: EngineContext, scope: Scope, delivery: Delivery): void {
  const { store, clock, settings } = context;
  if (delivery.by === "scheduler") void actAs(context, scope, delivery);
  const from = { cloud: store, clock, settings };
  publishToTopic(from, delivery.target.Arn!, { message: delivery.payload }, senderOf(delivery));
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const withAttempt = ({ by, payload, attempts }: Delivery) =>
  by === "scheduler"
    ? payload.replaceAll("<aws.scheduler.attempt-number>", String(attempts + 1))
    : payload;
