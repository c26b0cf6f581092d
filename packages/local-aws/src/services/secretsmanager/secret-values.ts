import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { Caller } from "../iam/caller.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidParameter, invalidRequest, invalidToken, valueNotFound } from "./faults.ts";
import { needKept, checkAccess } from "./find.ts";
import { matching } from "./list.ts";
import { secrets, type Secret } from "./state.ts";
import {
  CURRENT,
  hasValue,
  holderOf,
  moveStage,
  readValue,
  versionOf,
  withVersion,
} from "./values.ts";

type Secrets = typeof import("@aws-sdk/client-secrets-manager");

const DAY_MS = 24 * 60 * 60 * 1000;

/** The values of secrets, and the labels on their versions. */
export const secretValueHandlers: Handlers<Secrets, CallContext> = {
  GetSecretValue: (input, context) => secretValue(context, input),

  BatchGetSecretValue({ SecretIdList, Filters, MaxResults = 20, NextToken }, context) {
    checkAccess(context, "BatchGetSecretValue", "*");
    if ((SecretIdList === undefined) === (Filters === undefined))
      throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    const names = SecretIdList ?? matching(context, Filters ?? []).map(({ name }) => name);
    const pages = {
      key: (name: string) => name,
      size: MaxResults,
      token: NextToken,
      of: "values",
      invalid: invalidToken,
    };
    const { items, next } = cutPage(names, pages);
    const answers = items.map((SecretId) => valueOrError(context, SecretId));
    return {
      SecretValues: answers.flatMap(({ value }) => (value ? [value] : [])),
      Errors: answers.flatMap(({ error }) => (error ? [error] : [])),
      NextToken: next,
    };
  },

  PutSecretValue(input, context) {
    const before = needKept(context, input.SecretId, "PutSecretValue");
    if (!hasValue(input))
      throw invalidRequest("You must provide either SecretString or SecretBinary.");
    const options = { token: input.ClientRequestToken, stages: input.VersionStages };
    const { secret, versionId } = withVersion(context, before, input, options);
    context.store.of(secrets).put(secret.name, secret);
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: versionId,
      VersionStages: [...secret.versions[versionId]!.stages],
    };
  },

  UpdateSecretVersionStage(
    { SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId },
    context,
  ) {
    const secret = needKept(context, SecretId, "UpdateSecretVersionStage");
    const from = holderOf(secret.versions, VersionStage);
    checkMove(secret, { VersionStage, RemoveFromVersionId, MoveToVersionId, from });
    const versions = moveStage(secret.versions, VersionStage, MoveToVersionId);
    context.store.of(secrets).patch(secret.name, { versions, changedAt: context.clock.now() });
    return { ARN: secret.arn, Name: secret.name };
  },

  ListSecretVersionIds(
    { SecretId, MaxResults = 100, NextToken, IncludeDeprecated = false },
    context,
  ) {
    const secret = needKept(context, SecretId, "ListSecretVersionIds");
    const all = Object.entries(secret.versions).filter(
      ([, { stages }]) => IncludeDeprecated || stages.length > 0,
    );
    const pages = {
      key: ([id]: (typeof all)[number]) => id,
      size: MaxResults,
      token: NextToken,
      of: "versions",
      invalid: invalidToken,
    };
    const { items, next } = cutPage(all, pages);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Versions: items.map(([VersionId, { createdAt, stages, keyArn }]) => ({
        VersionId,
        VersionStages: [...stages],
        CreatedDate: new Date(createdAt),
        KmsKeyIds: [keyArn],
      })),
      NextToken: next,
    };
  },
};

/** Which value is asked for. */
export interface ValueRequest {
  readonly SecretId: string;
  readonly VersionId?: string | undefined;
  readonly VersionStage?: string | undefined;
}

/**
 * The value of a secret, with the caller's rights to it and to its key.
 * @throws AwsError as `GetSecretValue`: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function secretValue(caller: Caller, { SecretId, ...version }: ValueRequest) {
  const secret = needKept(caller, SecretId, "GetSecretValue");
  const versionId = versionOf(secret, version);
  const value = readValue(caller, secret, versionId);
  const { stages, createdAt } = secret.versions[versionId]!;
  noteAccess(caller, secret);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: versionId,
    ...value,
    VersionStages: [...stages],
    CreatedDate: new Date(createdAt),
  };
}

/** The day of the last access is kept, as AWS keeps it, and so a value that is read often is not written as often. */
function noteAccess({ store, clock }: Caller, { name, accessedAt }: Readonly<Secret>): void {
  const day = Math.floor(clock.now() / DAY_MS) * DAY_MS;
  if (accessedAt !== day) store.of(secrets).patch(name, { accessedAt: day });
}

function valueOrError(context: CallContext, SecretId: string) {
  try {
    return { value: secretValue(context, { SecretId }) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { error: { SecretId, ErrorCode: error.code, Message: error.message } };
  }
}

interface Move {
  readonly VersionStage: string;
  readonly RemoveFromVersionId: string | undefined;
  readonly MoveToVersionId: string | undefined;
  /** The version that has the label. */
  readonly from: string | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
function checkMove(
  { versions }: Readonly<Secret>,
  { VersionStage: stage, RemoveFromVersionId, MoveToVersionId, from }: Move,
): void {
  if (MoveToVersionId !== undefined && !versions[MoveToVersionId])
    throw valueNotFound(`VersionId: ${MoveToVersionId}`);
  if (stage === CURRENT && MoveToVersionId === undefined)
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  if (RemoveFromVersionId !== undefined && RemoveFromVersionId !== from)
    throw invalidParameter(
      `Staging label ${stage} isn't currently attached to version ${RemoveFromVersionId}.`,
    );
  if (RemoveFromVersionId === undefined && from !== undefined && from !== MoveToVersionId)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${from}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
}

/**
 * A member of a secret that is JSON; what is no text itself is written as JSON.
 * @returns in place of its value what is missing: that the secret is JSON, or the key
 */
export function secretMember(
  whole: string,
  key: string,
): { readonly value: string } | { readonly missing: "JSON" | "key" } {
  let value: unknown;
  try {
    value = (JSON.parse(whole) as Readonly<Record<string, unknown>> | null)?.[key];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { missing: "JSON" };
  }
  if (value === undefined) return { missing: "key" };
  return { value: typeof value === "string" ? value : JSON.stringify(value) };
}
