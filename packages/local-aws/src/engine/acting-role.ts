import { randomUUID } from "node:crypto";
import { readArn } from "../ground/arn.ts";
import { AwsError } from "../protocol/aws-error.ts";
import { findRole, mayAssume } from "../services/iam/authorize.ts";
import { callerKeys, denied, identityOf, refusalOn } from "../services/iam/caller.ts";
import { sessionArn } from "../services/iam/entities.ts";
import type { Role } from "../services/iam/state.ts";
import { groupArn, streamKey } from "../services/logs/find.ts";
import { createLogGroup } from "../services/logs/groups.ts";
import { logGroups, logStreams } from "../services/logs/state.ts";
import { createLogStream } from "../services/logs/streams.ts";
import { needBucket, s3Error } from "../services/s3/faults.ts";
import type { CallContext } from "../services/service.ts";
import type { Delivery } from "../services/events/state.ts";
import type { Scope } from "../store/store.ts";
import type { EngineContext } from "./engine.ts";

/**
 * What a call is made with that EventBridge makes by the role of a target.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html
 * @throws AwsError `AccessDeniedException` where the role does not let the service take it on
 */
export function actAs(
  context: EngineContext,
  scope: Scope,
  { by, id, sourceArn, target }: Delivery,
): CallContext {
  const session = id.replaceAll("-", "");
  const { RoleArn: roleArn = "" } = target;
  return assumed(context, scope, { service: `${by}.amazonaws.com`, roleArn, sourceArn, session });
}

/** A role that a service takes on, for whom it does, and the name of the session. */
export interface Assumption {
  readonly service: string;
  readonly roleArn: string;
  readonly sourceArn: string;
  readonly session: string;
}

/**
 * What a call is made with that a service makes by a role.
 * @throws AwsError `AccessDeniedException` where the role does not let the service take it on
 */
export function assumed(
  { store, clock, settings }: EngineContext,
  scope: Scope,
  { service, roleArn, sourceArn, session }: Assumption,
): CallContext {
  const { account, region } = scope;
  if (!mayAssume(store, account, roleArn, { service, sourceArn, region, now: clock.now() }))
    throw new AwsError(
      "AccessDeniedException",
      `${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  return inSession({ store, clock, settings }, scope, findRole(store, account, roleArn)!, session);
}

/** What a call is made with in a session of a role. A role may have a path, which does not stand in the session's own ARN. */
export function inSession(
  { store, clock, settings }: Pick<EngineContext, "store" | "clock" | "settings">,
  scope: Scope,
  { roleName, roleId, arn: roleArn }: Pick<Role, "roleName" | "roleId" | "arn">,
  session: string,
): CallContext {
  const { account, region } = scope;
  return {
    account,
    region,
    requestId: randomUUID(),
    principal: {
      account,
      arn: sessionArn(account, roleName, session),
      userId: `${roleId}:${session}`,
      accessKeyId: "",
      roleArn,
    },
    store: scope,
    cloud: store,
    clock,
    settings,
  };
}

/** @throws AwsError `AccessDeniedException` where the role's policies do not allow it */
export function requireRight(
  caller: CallContext,
  action: string,
  resource: string,
  keys: Readonly<Record<string, string>> = {},
): void {
  const decision = identityOf(caller, {
    action,
    resource,
    context: { ...callerKeys(caller), ...keys },
  });
  if (decision === "allowed") return;
  throw denied(caller, action, resource, {
    by: "identity-based policy",
    explicit: decision === "explicitDeny",
  });
}

/**
 * The same of a bucket, whose policy has a say as well.
 * @param path of an object in it, with the first slash; empty for the bucket itself
 * @throws AwsError `NoSuchBucket`, `AccessDenied`
 */
export function requireBucketRight(
  caller: CallContext,
  action: string,
  bucket: string,
  path: string,
): void {
  const policy = needBucket(caller, bucket).settings["policy"];
  const resource = `arn:aws:s3:::${bucket}${path}`;
  const request = { action, resource, context: callerKeys(caller) };
  const refusal = refusalOn(caller, typeof policy === "string" ? policy : undefined, request);
  if (refusal)
    throw s3Error("AccessDenied", 403, denied(caller, action, resource, refusal).message);
}

/**
 * Makes the stream of a log group that a caller wants to write into, and the group, where they are not there yet.
 * @throws AwsError `AccessDeniedException` where the role may not do one of these or not write; nothing is made then
 */
export function requireLogStream(caller: CallContext, group: string, stream: string): void {
  const { store, clock } = caller;
  const arn = groupArn(caller, group);
  const on = `${arn}:log-stream:${stream}`;
  const hasGroup = store.of(logGroups).has(group);
  const hasStream = store.of(logStreams).has(streamKey(group, stream));
  if (!hasGroup) requireRight(caller, "logs:CreateLogGroup", arn);
  if (!hasStream) requireRight(caller, "logs:CreateLogStream", on);
  requireRight(caller, "logs:PutLogEvents", on);
  if (!hasGroup) createLogGroup(store, group, clock.now());
  if (!hasStream) createLogStream(store, group, stream, clock.now());
}

/** The part of the store in which something lives that an ARN names. */
export function scopeOf({ store }: EngineContext, arn: string): Scope {
  const { account, region } = readArn(arn);
  return store.scope(account, region);
}
