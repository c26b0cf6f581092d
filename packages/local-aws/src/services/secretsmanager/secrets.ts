import { randomInt } from "node:crypto";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { exists, invalidParameter, invalidRequest, validation } from "./faults.ts";
import { checkAccess, findSecret, needKept, needSecret } from "./find.ts";
import { secrets, type Secret } from "./state.ts";
import { withTags } from "./tags.ts";
import { hasValue, withVersion, type SecretValue } from "./values.ts";
import { needKey } from "../kms/find.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Secrets, from their making to their end. */
export const secretHandlers: Handlers<
  typeof import("@aws-sdk/client-secrets-manager"),
  CallContext
> = {
  CreateSecret(input, context) {
    checkName(input.Name);
    checkAccess(context, "CreateSecret", input.Name);
    const before = findSecret(context, input.Name);
    const isGiven = hasValue(input);
    if (before) return createdBefore(before, input.ClientRequestToken);
    checkKey(context, input.KmsKeyId);
    const secret = newSecret(input, context);
    return keep(context, secret, isGiven ? input : undefined, input.ClientRequestToken);
  },

  DescribeSecret({ SecretId }, context) {
    const secret = needSecret(context, SecretId, "DescribeSecret");
    return { ...summary(secret), VersionIdsToStages: stagesOf(secret) };
  },

  UpdateSecret(input, context) {
    const before = needKept(context, input.SecretId, "UpdateSecret");
    const isGiven = hasValue(input);
    checkKey(context, input.KmsKeyId);
    const secret: Secret = {
      ...before,
      changedAt: context.clock.now(),
      ...(input.Description !== undefined && { description: input.Description }),
      ...(input.KmsKeyId !== undefined && { kmsKeyId: input.KmsKeyId || undefined }),
    };
    return keep(context, secret, isGiven ? input : undefined, input.ClientRequestToken);
  },

  DeleteSecret(input, context) {
    const { SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery = false } = input;
    const window = recoveryWindow(RecoveryWindowInDays, ForceDeleteWithoutRecovery);
    const at = context.clock.now();
    // What is deleted for good may be gone already: that is no error.
    if (ForceDeleteWithoutRecovery && !findSecret(context, SecretId)) {
      checkAccess(context, "DeleteSecret", SecretId);
      return { ARN: arnOf(SecretId, context), Name: SecretId, DeletionDate: new Date(at) };
    }
    const secret = needSecret(context, SecretId, "DeleteSecret");
    const answer = { ARN: secret.arn, Name: secret.name };
    if (ForceDeleteWithoutRecovery) {
      context.store.of(secrets).delete(secret.name);
      return { ...answer, DeletionDate: new Date(at) };
    }
    if (secret.deletion)
      throw invalidRequest(
        "You can't perform this operation on the secret because it was already scheduled for deletion.",
      );
    const until = at + window * DAY_MS;
    context.store.of(secrets).patch(secret.name, { deletion: { at, until } });
    return { ...answer, DeletionDate: new Date(until) };
  },

  RestoreSecret({ SecretId }, context) {
    const secret = needSecret(context, SecretId, "RestoreSecret");
    context.store.of(secrets).patch(secret.name, { deletion: undefined });
    return { ARN: secret.arn, Name: secret.name };
  },
};

/** Stores a secret, with a new value where one is given. */
function keep(
  context: CallContext,
  secret: Secret,
  value: SecretValue | undefined,
  token: string | undefined,
) {
  const answer = { ARN: secret.arn, Name: secret.name };
  if (!value) {
    context.store.of(secrets).put(secret.name, secret);
    return answer;
  }
  const made = withVersion(context, secret, value, { token });
  context.store.of(secrets).put(secret.name, made.secret);
  return { ...answer, VersionId: made.versionId };
}

/** Asked for again by the same token, a secret is answered once more; by another, its name is taken. */
function createdBefore(
  { arn, name, deletion, versions }: Readonly<Secret>,
  token: string | undefined,
) {
  if (deletion)
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  if (token !== undefined && token in versions) return { ARN: arn, Name: name, VersionId: token };
  throw exists(`The operation failed because the secret ${name} already exists.`);
}

interface NewSecret {
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly Tags?: readonly { Key?: string; Value?: string }[] | undefined;
}

function newSecret({ Name, Description, KmsKeyId, Tags }: NewSecret, context: CallContext): Secret {
  const suffix = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  const now = context.clock.now();
  return {
    name: Name,
    arn: `${arnOf(Name, context)}-${suffix}`,
    ...(Description !== undefined && { description: Description }),
    ...(KmsKeyId && { kmsKeyId: KmsKeyId }),
    createdAt: now,
    changedAt: now,
    tags: withTags([], Tags ?? []),
    versions: {},
  };
}

const arnOf = (name: string, { account, region }: CallContext) =>
  name.startsWith("arn:") ? name : `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
function checkName(name: string): void {
  if (!/^[\w/+=.@!-]+$/.test(name))
    throw validation(
      "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
    );
}

function checkKey(context: CallContext, name: string | undefined): void {
  if (name) needKey(context, name);
}

function recoveryWindow(days: number | undefined, isForced: boolean): number {
  if (isForced && days !== undefined)
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  if (days !== undefined && (days < 7 || days > 30))
    throw invalidParameter(
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    );
  return days ?? 30;
}

/** A secret's labels by version; versions without one are not shown. */
export function stagesOf({ versions }: Readonly<Secret>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(versions)
      .filter(([, { stages }]) => stages.length > 0)
      .map(([id, { stages }]) => [id, [...stages]]),
  );
}

/** What `DescribeSecret` and `ListSecrets` both say of a secret. */
export function summary(secret: Readonly<Secret>) {
  const { accessedAt, deletion } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description !== undefined && { Description: secret.description }),
    ...(secret.kmsKeyId !== undefined && { KmsKeyId: secret.kmsKeyId }),
    LastChangedDate: new Date(secret.changedAt),
    ...(accessedAt !== undefined && { LastAccessedDate: new Date(accessedAt) }),
    ...(deletion && { DeletedDate: new Date(deletion.at) }),
    Tags: secret.tags.map((tag) => ({ ...tag })),
    CreatedDate: new Date(secret.createdAt),
  };
}
