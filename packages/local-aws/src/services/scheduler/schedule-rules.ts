import type { CreateScheduleInput, Target } from "@aws-sdk/client-scheduler";
import { parseArn } from "../../ground/arn.ts";
import { mayAssume } from "../iam/authorize.ts";
import { unsupported } from "../kit/faults.ts";
import { parseSchedule } from "../kit/schedule-expressions.ts";
import { isTimeZone } from "../kit/zoned-time.ts";
import type { CallContext } from "../service.ts";
import { validation } from "./faults.ts";

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html */
const LONGEST_AGE_SECONDS = 86_400;
const MOST_RETRIES = 185;
const LONGEST_WINDOW_MINUTES = 1440;

/** What schedules can send to, by the service in the ARN and how the rest of it begins. */
const KINDS: Readonly<Record<string, RegExp>> = {
  ecs: /^cluster\//,
  events: /^event-bus\//,
  sns: /./,
  sqs: /./,
};

type Asked = Pick<
  CreateScheduleInput,
  | "ScheduleExpression"
  | "ScheduleExpressionTimezone"
  | "StartDate"
  | "EndDate"
  | "FlexibleTimeWindow"
  | "Target"
>;

/**
 * Checks what a schedule is to be.
 * @param arn its own, for which the service takes on the target's role
 * @throws AwsError `ValidationException`; 501 for a target of a service that is not here
 */
export function checkSchedule(asked: Asked, arn: string, context: CallContext): void {
  const { ScheduleExpression, ScheduleExpressionTimezone: zone, StartDate, EndDate } = asked;
  if (!parseSchedule(ScheduleExpression!, { anyPlural: true }))
    throw validation(`Invalid Schedule Expression ${ScheduleExpression}.`);
  if (zone !== undefined && !isTimeZone(zone))
    throw validation(`Invalid ScheduleExpressionTimezone ${zone}.`);
  if (StartDate && EndDate && StartDate >= EndDate)
    throw validation("The StartDate has to be before the EndDate.");
  const { Mode, MaximumWindowInMinutes: minutes } = asked.FlexibleTimeWindow!;
  const fits = minutes !== undefined && minutes >= 1 && minutes <= LONGEST_WINDOW_MINUTES;
  if (Mode === "FLEXIBLE" ? !fits : minutes !== undefined)
    throw validation(
      Mode === "FLEXIBLE"
        ? "A flexible time window has to have from 1 to 1440 MaximumWindowInMinutes."
        : "MaximumWindowInMinutes has no meaning where there is no flexible time window.",
    );
  checkTarget(asked.Target!, arn, context);
}

function checkTarget(target: Target, arn: string, context: CallContext): void {
  const { Arn, RoleArn, EcsParameters, SqsParameters, EventBridgeParameters: event } = target;
  if (Arn!.startsWith("arn:aws:scheduler:::aws-sdk:"))
    throw unsupported(`universal targets of schedules (${Arn})`);
  const parsed = parseArn(Arn!);
  if (!parsed) throw validation(`Provided Arn is not in correct format: ${Arn}`);
  const { service, resource } = parsed;
  if (!KINDS[service]?.test(resource))
    throw unsupported(`${service} as a target of schedules (${Arn})`);
  if (service === "ecs" && !EcsParameters)
    throw validation("EcsParameters are required for a target of ECS.");
  if (service === "events" && !event)
    throw validation("EventBridgeParameters are required for an event bus as a target.");
  if (service === "sqs" && resource.endsWith(".fifo") && !SqsParameters?.MessageGroupId)
    throw validation("MessageGroupId is required for a FIFO queue.");
  if (service === "ecs" || service === "events") checkInput(target.Input);
  checkRetries(target);
  const { account, region, cloud, clock } = context;
  const call = { service: "scheduler.amazonaws.com", sourceArn: arn, region, now: clock.now() };
  if (!mayAssume(cloud, account, RoleArn!, call))
    throw validation(
      "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
    );
}

/** What ECS and buses are sent is the JSON of an object. */
function checkInput(input: string | undefined): void {
  if (input === undefined) return;
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    throw validation("Input is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw validation("Input has to be the JSON of an object.");
}

function checkRetries({ RetryPolicy = {}, DeadLetterConfig }: Target): void {
  const { MaximumEventAgeInSeconds: age = 60, MaximumRetryAttempts: most = 0 } = RetryPolicy;
  if (age < 60 || age > LONGEST_AGE_SECONDS)
    throw validation("MaximumEventAgeInSeconds has to be from 60 to 86400.");
  if (most < 0 || most > MOST_RETRIES)
    throw validation("MaximumRetryAttempts has to be from 0 to 185.");
  const queue = DeadLetterConfig?.Arn;
  if (queue !== undefined && (parseArn(queue)?.service !== "sqs" || queue.endsWith(".fifo")))
    throw validation("DeadLetterConfig has to name a standard queue.");
}
