import { randomUUID } from "node:crypto";
import type { StartBuildCommandInput } from "@aws-sdk/client-codebuild";
import { readArn } from "../../ground/arn.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { startBuild } from "../../services/codebuild/start-build.ts";
import { busMissing } from "../../services/events/faults.ts";
import { findBus, parseBusArn } from "../../services/events/find.ts";
import { publish, toEventJson } from "../../services/events/publish.ts";
import { serviceCallKeys } from "../../services/iam/policy-conditions.ts";
import { parsePolicy } from "../../services/iam/policy-document.ts";
import { evaluateResourcePolicy } from "../../services/iam/policy-evaluation.ts";
import { needGroup } from "../../services/logs/find.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import { requireServiceWrites } from "../../services/logs/resource-policies.ts";
import { createLogStream } from "../../services/logs/streams.ts";
import type { CallContext } from "../../services/service.ts";
import { sendToQueue } from "../../services/sqs/deliver.ts";
import { publishToTopic } from "../../services/sns/deliver.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { needPipeline } from "../../services/codepipeline/find.ts";
import { newExecution } from "../../services/codepipeline/new-execution.ts";
import { actAs, requireRight, scopeOf } from "../acting-role.ts";
import { TooManyHops } from "./delivery-fault.ts";
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

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const withAttempt = ({ by, payload, attempts }: Delivery) =>
  by === "scheduler"
    ? payload.replaceAll("<aws.scheduler.attempt-number>", String(attempts + 1))
    : payload;

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

/**
 * Begins a build of the project that is a target. What it is sent may override what the project says, by the names that StartBuild
 * has for that; all else of an event is left aside.
 * @throws AwsError what StartBuild says
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
 */
function startTargetBuild(caller: CallContext, { target, payload, sourceArn }: Delivery): void {
  const projectName = target.Arn!;
  requireRight(caller, "codebuild:StartBuild", projectName);
  const rule = sourceArn.slice(sourceArn.indexOf(":rule/") + 1);
  startBuild({ ...overridesIn(payload), projectName }, caller, { initiator: rule });
}

function overridesIn(payload: string): Partial<StartBuildCommandInput> {
  let given: unknown;
  try {
    given = JSON.parse(payload);
  } catch {
    return {}; // A text of the target's own, which says nothing of a build.
  }
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => name.endsWith("Override") || name === "sourceVersion"),
  );
}

/**
 * Writes an event into a log group, in a stream of its own. The resource policies of Logs have to let the service.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
 * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`
 */
function writeToLog(context: EngineContext, { by, target, sourceArn, payload }: Delivery) {
  const { store, clock } = context;
  const scope = scopeOf(context, target.Arn!);
  const { account, region } = scope;
  const group = readArn(target.Arn!).resource.slice("log-group:".length).replace(/:\*$/, "");
  const now = clock.now();
  needGroup(scope, group);
  const stream = randomUUID();
  for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"])
    requireServiceWrites(scope, `${by}.amazonaws.com`, { action, group, stream, sourceArn, now });
  createLogStream(scope, group, stream, now);
  const event = { account, region, group, stream, ingestionTime: now };
  store.owner(LogEvents).write([{ ...event, ...messageOf(payload, now) }]);
}

/** What a transformer made has a time and a message of its own. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
function messageOf(payload: string, now: number): { timestamp: number; message: string } {
  const input = JSON.parse(payload) as { timestamp?: unknown; message?: unknown };
  const at = Number(input?.timestamp);
  if (typeof input?.message !== "string" || !Number.isSafeInteger(at) || at <= 0)
    return { timestamp: now, message: payload };
  return { timestamp: at, message: input.message };
}

/** What came from another bus goes to no third one: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html */
const MOST_HOPS = 1;

/**
 * Puts an event on the bus that is a target. A role has to have the right; without one the bus's policy has to let the service or
 * the account in.
 * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`; TooManyHops
 */
function putOnBus(context: EngineContext, scope: Scope, delivery: Delivery): void {
  const { target, payload, asEvent, hops } = delivery;
  const arn = target.Arn!;
  if (hops >= MOST_HOPS)
    throw new TooManyHops("An event that came from another event bus is not sent to a third one.");
  const to = scopeOf(context, arn);
  const bus = findBus(to, parseBusArn(arn)?.name ?? "");
  if (!bus) throw busMissing(arn);
  if (target.RoleArn) requireRight(actAs(context, scope, delivery), "events:PutEvents", arn);
  else requirePolicy(bus.policy, context.clock.now(), to, delivery);
  const now = context.clock.now();
  // What a schedule sends is a new event, put there by whoever has the schedule; a rule sends on the event that matched.
  if (asEvent) {
    const event = { ...asEvent, detail: payload, resources: [delivery.sourceArn], time: now };
    publish(to, bus.name, toEventJson(scope, event), now);
  } else publish(to, bus.name, payload, now, hops + 1);
}

function requirePolicy(
  policy: string | undefined,
  now: number,
  { account, region }: Scope,
  { by, sourceArn, target }: Delivery,
): void {
  const service = `${by}.amazonaws.com`;
  const call = { service, sourceArn, region, now };
  const [, , , , from = account] = sourceArn.split(":");
  const request = {
    action: "events:PutEvents",
    resource: target.Arn!,
    context: serviceCallKeys(from, call),
  };
  const principals = [
    { kind: "Service", names: [service] },
    { kind: "AWS", names: [`arn:aws:iam::${from}:root`, from] },
  ] as const;
  const document = parsePolicy(policy ?? '{"Version":"2012-10-17","Statement":[]}');
  const decisions = principals.map((each) => evaluateResourcePolicy(document, each, request));
  if (decisions.includes("allowed") && !decisions.includes("explicitDeny")) return;
  throw new AwsError(
    "AccessDeniedException",
    `${service} is not authorized to perform: events:PutEvents on resource: ${target.Arn} because no resource-based policy allows the events:PutEvents action`,
  );
}
