import { randomUUID } from "node:crypto";
import { readArn } from "../../ground/arn.ts";
import { needGroup } from "../../services/logs/find.ts";
import { LogEvents } from "../../services/logs/log-events.ts";
import { requireServiceWrites } from "../../services/logs/resource-policies.ts";
import { createLogStream } from "../../services/logs/streams.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { EngineContext } from "../engine.ts";
import { scopeOf } from "../acting-role.ts";

/**
 * Writes an event into a log group, in a stream of its own. The resource policies of Logs have to let the service.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
 * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`
 */
export function writeToLog(context: EngineContext, { by, target, sourceArn, payload }: Delivery) {
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
