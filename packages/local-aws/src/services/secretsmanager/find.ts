import type { Caller } from "../iam/caller.ts";
import { callerKeys, denied, refusalOn } from "../iam/caller.ts";
import { parseArn } from "../../ground/arn.ts";
import { markedForDeletion, secretNotFound } from "./faults.ts";
import { secrets, type Secret } from "./state.ts";

/**
 * The secret that a name or an ARN names, where the caller may do this to it. The six characters at the end of an ARN may be left out.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 * @param operation such as `GetSecretValue`
 * @throws AwsError `ResourceNotFoundException`, `AccessDeniedException`
 */
export function needSecret(caller: Caller, id: string, operation: string): Readonly<Secret> {
  const secret = findSecret(caller, id);
  checkAccess(caller, operation, secret ?? id);
  if (!secret) throw secretNotFound();
  return secret;
}

/** A secret that is not to be deleted. @throws AwsError `InvalidRequestException` beside those of {@link needSecret} */
export function needKept(caller: Caller, id: string, operation: string): Readonly<Secret> {
  const secret = needSecret(caller, id, operation);
  if (secret.deletion) throw markedForDeletion();
  return secret;
}

export function findSecret(caller: Caller, id: string): Readonly<Secret> | undefined {
  const arn = parseArn(id);
  if (!arn) return kept(caller, caller.store.of(secrets).get(id));
  const own =
    arn.service === "secretsmanager" &&
    arn.region === caller.region &&
    arn.account === caller.account;
  if (!own) return undefined;
  const isIt = ({ arn: whole }: Readonly<Secret>) => whole === id || whole.slice(0, -7) === id;
  return kept(caller, caller.store.of(secrets).find(isIt));
}

/** All secrets that there still are. */
export function allSecrets(caller: Caller): readonly Readonly<Secret>[] {
  return caller.store
    .of(secrets)
    .values()
    .filter((secret) => kept(caller, secret));
}

/** A secret whose time to be restored is over is gone. */
function kept({ store, clock }: Caller, secret: Readonly<Secret> | undefined) {
  if (!secret?.deletion || clock.now() < secret.deletion.until) return secret;
  store.of(secrets).delete(secret.name);
  return undefined;
}

/**
 * Holds a call to the caller's policies and the secret's.
 * @param on the secret; or the name of one that is not there, or `*`
 * @throws AwsError `AccessDeniedException`
 */
export function checkAccess(
  caller: Caller,
  operation: string,
  on: Readonly<Secret> | string,
): void {
  const action = `secretsmanager:${operation}`;
  const resource = typeof on === "string" ? arnOf(caller, on) : on.arn;
  const known = typeof on === "string" ? {} : secretKeys(on);
  const request = { action, resource, context: { ...callerKeys(caller), ...known } };
  const refusal = refusalOn(caller, typeof on === "string" ? undefined : on.policy, request);
  if (!refusal) return;
  const named = typeof on === "string" ? on : on.arn;
  throw denied(caller, action, named === "*" ? undefined : named, refusal);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html#awssecretsmanager-policy-keys */
function secretKeys({ name, tags }: Readonly<Secret>) {
  return {
    "secretsmanager:SecretId": name,
    "secretsmanager:Name": name,
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value])),
  };
}

function arnOf({ account, region }: Caller, id: string): string {
  return id === "*" || id.startsWith("arn:")
    ? id
    : `arn:aws:secretsmanager:${region}:${account}:secret:${id}-??????`;
}
