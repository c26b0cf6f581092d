import { randomUUID } from "node:crypto";
import { parseArn } from "../ground/arn.ts";
import { acceptConnection } from "../services/codeconnections/connections.ts";
import { interruptSpotTask } from "../services/ecs/spot.ts";
import { tasks } from "../services/ecs/state.ts";
import { taskHandlers } from "../services/ecs/tasks.ts";
import { workspaceKey } from "../services/iam/workspace-keys.ts";
import type { CallContext } from "../services/service.ts";
import { InvalidBody, isRecord, LONGEST_ARN, NotThere, requireText } from "./body-checks.ts";
import type { LiveContents } from "./live-feed.ts";

/** The account and the region that an ARN names. */
export function scopeOf({ store }: LiveContents["context"], arn: string) {
  const { region = "", account = "" } = parseArn(arn) ?? {};
  return store.scope(account, region);
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
 * Takes back the Spot capacity of a task: `{ "task": "…" }`, an id or an ARN. Answers its ARN.
 * @throws InvalidBody where it is not on Spot; NotThere
 */
export function interruptTask({ context }: LiveContents, body: unknown): string {
  const { store, clock } = context;
  const reference = requireText(isRecord(body) && body["task"], "task", LONGEST_ARN);
  const came = interruptSpotTask(store, reference, clock.now());
  if (came === "not there") throw new NotThere(`There is no task ${reference}.`);
  if (typeof came === "string") throw new InvalidBody(`${reference} is ${came}`);
  return came.arn;
}

/** Lets a connection be used: `{ "connection": "…" }`, a name or an ARN. Answers its ARN. @throws InvalidBody, NotThere */
export function accept({ context }: LiveContents, body: unknown): string {
  const named = isRecord(body) && body["connection"];
  const reference = requireText(named, "connection", LONGEST_ARN);
  const [arn] = acceptConnection(context.store, reference);
  if (arn === undefined) throw new NotThere(`There is no connection ${reference}.`);
  return arn;
}
