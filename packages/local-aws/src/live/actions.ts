import { randomUUID } from "node:crypto";
import { MOST_ACCELERATION } from "../clock/idle-time.ts";
import { taskHandlers } from "../services/ecs/tasks.ts";
import { tasks } from "../services/ecs/state.ts";
import type { CallContext } from "../services/service.ts";
import { workspaceKey } from "../services/iam/workspace-keys.ts";
import { InvalidBody, isRecord, requireText } from "./body-checks.ts";
import type { LiveContents } from "./live-feed.ts";
import type { RequestMessage } from "./messages.ts";
import { taskAt } from "./vpc-pictures.ts";
import { parseArn } from "../ground/arn.ts";

/** What an action is about is not there. */
export class NotThere extends Error {}

const LONGEST_ARN = 2048;
const LONGEST_PATH = 1000;
/** What the first line of a request may have: no spaces, no control characters. */
const PATH = /^\/[\x21-\x7e]*$/;

/**
 * Sends a request through a listener: `{ "listenerArn": "…", "path": "/info" }`; `/` where no path is given.
 * @throws InvalidBody naming the member that is wrong; NotThere
 */
export async function sendRequest(
  { context, engine }: LiveContents,
  body: unknown,
): Promise<RequestMessage> {
  const members = isRecord(body) ? body : {};
  const listenerArn = requireText(members["listenerArn"], "listenerArn", LONGEST_ARN);
  const path = requireText(members["path"] ?? "/", "path", LONGEST_PATH);
  if (!PATH.test(path))
    throw new InvalidBody(
      "path must begin with a slash, and have neither spaces nor letters that are not ASCII",
    );
  const at = context.clock.now();
  const answer = await engine.request(listenerArn, path);
  if (!answer)
    throw new NotThere(`There is no listener ${listenerArn} of an active load balancer.`);
  const { status, seconds, target = null } = answer;
  const address = target?.slice(0, target.lastIndexOf(":"));
  return {
    type: "request",
    at,
    listenerArn,
    path,
    status,
    body: answer.body,
    seconds,
    target,
    taskArn: address === undefined ? null : taskAt(scopeOf(context, listenerArn), address),
  };
}

/**
 * Does what StopTask does: `{ "taskArn": "…" }`.
 * @throws InvalidBody, NotThere, and what StopTask throws
 */
export function stopTask({ context }: LiveContents, body: unknown): void {
  const members = isRecord(body) ? body : {};
  const taskArn = requireText(members["taskArn"], "taskArn", LONGEST_ARN);
  const { store, clock, settings } = context;
  const scope = scopeOf(context, taskArn);
  const task = scope.of(tasks).get(taskArn);
  if (!task) throw new NotThere(`There is no task ${taskArn}.`);
  const { account, region } = scope;
  const { arn, userId, accessKeyId } = workspaceKey(store, account);
  const call: CallContext = {
    account,
    region,
    requestId: randomUUID(),
    principal: { account, arn, userId, accessKeyId },
    store: scope,
    cloud: store,
    clock,
    settings,
  };
  store.transaction(() =>
    taskHandlers.StopTask!({ cluster: task.clusterArn, task: taskArn }, call),
  );
}

/**
 * Changes how many times faster than on AWS idle waiting passes: `{ "acceleration": 60 }`.
 * @throws InvalidBody where it is no number from 1 to 1000
 */
export function changePace({ context }: LiveContents, body: unknown): void {
  const acceleration = isRecord(body) ? body["acceleration"] : undefined;
  if (typeof acceleration !== "number" || acceleration < 1 || acceleration > MOST_ACCELERATION)
    throw new InvalidBody(`acceleration must be a number from 1 to ${MOST_ACCELERATION}`);
  context.clock.pace(acceleration);
}

/** The account and the region that an ARN names. */
function scopeOf({ store }: LiveContents["context"], arn: string) {
  const { region = "", account = "" } = parseArn(arn) ?? {};
  return store.scope(account, region);
}
