import { randomBytes } from "node:crypto";
import type { Clock } from "../../clock/clock.ts";
import { findRole } from "../../services/iam/authorize.ts";
import { sessionArn } from "../../services/iam/entities.ts";
import { accessKeys, type AccessKey } from "../../services/iam/state.ts";
import type { Store } from "../../store/store.ts";
import { iamId } from "../../ground/iam-id.ts";

/** ECS's credentials for tasks last six hours, and new ones are there well before the end. */
const LIFETIME_MS = 6 * 3_600_000;
const RENEWAL_MS = 3_600_000;

/** What the SDKs read from the container credentials endpoint. */
export interface RoleCredentials {
  readonly RoleArn: string;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  /** ISO 8601. */
  readonly Expiration: string;
}

/** Whose credentials are asked for: the session of a task has the task's id as its name. */
export interface TaskSession {
  readonly account: string;
  readonly roleArn: string;
  readonly taskId: string;
}

/**
 * The current session key of a task, minted where there is none that lasts; undefined where the role does not exist any
 * more. Keys of this account that have ended are removed on the way.
 */
export function roleCredentials(
  store: Store,
  clock: Clock,
  session: TaskSession,
): RoleCredentials | undefined {
  const { account, roleArn, taskId } = session;
  const role = findRole(store, account, roleArn);
  if (!role) return undefined;
  const arn = sessionArn(account, role.roleName, taskId);
  const now = clock.now();
  const keys = store.of(accessKeys, "", "");
  const lasting = keys.find((key) => key.arn === arn && (key.expiresAt ?? 0) > now + RENEWAL_MS);
  if (lasting) return toCredentials(lasting, roleArn);
  const key: AccessKey = {
    accessKeyId: iamId("ASIA", 20),
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: randomBytes(256).toString("base64"),
    expiresAt: now + LIFETIME_MS,
    account,
    arn,
    userId: `${role.roleId}:${taskId}`,
    roleArn,
  };
  store.record(() => {
    const ended = keys.filter((one) => one.account === account && (one.expiresAt ?? now) < now);
    for (const { accessKeyId } of ended) keys.delete(accessKeyId);
    keys.put(key.accessKeyId, key);
  });
  return toCredentials(key, roleArn);
}

/** Ends a task's sessions: what it was given is worth nothing any more. */
export function revokeCredentials(store: Store, { account, roleArn, taskId }: TaskSession): void {
  const keys = store.of(accessKeys, "", "");
  const given = keys.filter(
    (key) =>
      key.account === account && key.roleArn === roleArn && key.userId.endsWith(`:${taskId}`),
  );
  if (given.length === 0) return;
  store.record(() => {
    for (const { accessKeyId } of given) keys.delete(accessKeyId);
  });
}

function toCredentials(key: Readonly<AccessKey>, roleArn: string): RoleCredentials {
  return {
    RoleArn: roleArn,
    AccessKeyId: key.accessKeyId,
    SecretAccessKey: key.secretAccessKey,
    Token: key.sessionToken!,
    Expiration: new Date(key.expiresAt!).toISOString(),
  };
}
