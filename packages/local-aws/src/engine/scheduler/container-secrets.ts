import { randomUUID } from "node:crypto";
import { lastPart, parseArn } from "../../ground/arn.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { TaskDefinition } from "../../services/ecs/state.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { Caller } from "../../services/iam/caller.ts";
import { sessionArn } from "../../services/iam/entities.ts";
import { secretMember, secretValue } from "../../services/secretsmanager/secret-values.ts";
import { readParameter } from "../../services/ssm/values.ts";
import type { EngineContext } from "../engine.ts";
import { mayReachService } from "../network/reachability.ts";
import type { VariablesOf } from "./container-environment.ts";
import { failOn, TaskFault } from "./task-faults.ts";
import type { TaskRecord } from "./task-store.ts";

export interface Asked {
  readonly context: EngineContext;
  readonly record: TaskRecord;
}

/**
 * Reads what the secrets of a task's containers stand for, once, before anything starts, as the execution role may: what changes
 * later is seen by later tasks.
 * @throws TaskFault
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 */
export async function readSecrets(asked: Asked): Promise<VariablesOf> {
  const read = new Map<string, Readonly<Record<string, string>>>();
  for (const { name = "", secrets = [] } of asked.record.definition.containerDefinitions) {
    const variables: Record<string, string> = {};
    for (const { name: variable = "", valueFrom = "" } of secrets)
      variables[variable] = await valueOf(asked, valueFrom);
    read.set(name, variables);
  }
  return read;
}

/** Reads what the secrets of log configurations stand for, by container, then by option. @throws TaskFault */
export async function readLogSecrets(asked: Asked): Promise<VariablesOf> {
  const read = new Map<string, Readonly<Record<string, string>>>();
  for (const { name = "", logConfiguration } of asked.record.definition.containerDefinitions) {
    const options: Record<string, string> = {};
    for (const { name: option = "", valueFrom = "" } of logConfiguration?.secretOptions ?? [])
      options[option] = await valueOf(asked, valueFrom);
    read.set(name, options);
  }
  return read;
}

async function valueOf(asked: Asked, from: string): Promise<string> {
  const isSecret = parseArn(from)?.service === "secretsmanager";
  await failOn(wayFault(asked, isSecret ? "secretsmanager" : "ssm"), asked.context.clock);
  const { store } = asked.context;
  return store.transaction(() => (isSecret ? ofSecret(asked, from) : ofParameter(asked, from)));
}

/** Who reads: a session of the execution role, named after the task. */
export function callerOf({
  context: { store, clock },
  record: { scope, task, definition },
}: Asked): Caller {
  const { executionRoleArn: roleArn = "" } = rolesOf(definition as TaskDefinition, task.overrides);
  const { account, region } = scope;
  const arn = sessionArn(account, lastPart(roleArn), lastPart(task.arn));
  return { account, region, store: scope, cloud: store, clock, principal: { arn, roleArn } };
}

/** `…:secret:name-suffix:json-key:version-stage:version-id`, all but the first left out or empty as one likes. */
function ofSecret(asked: Asked, from: string): string {
  const parts = from.split(":");
  const SecretId = parts.slice(0, 7).join(":");
  const [jsonKey, VersionStage, VersionId] = parts.slice(7).map((part) => part || undefined);
  const { SecretString, SecretBinary } = orFault(
    () => secretValue(callerOf(asked), { SecretId, VersionStage, VersionId }),
    ({ code, message }) =>
      TEXTS.secretRefused({ secret: SecretId, code, message, requestId: randomUUID() }),
  );
  const whole = SecretString ?? Buffer.from(SecretBinary ?? []).toString("base64");
  return jsonKey === undefined ? whole : member(whole, jsonKey);
}

/** @throws TaskFault where the secret has no such member */
function member(whole: string, key: string): string {
  const found = secretMember(whole, key);
  if ("value" in found) return found.value;
  throw new TaskFault(
    found.missing === "JSON" ? TEXTS.secretNotJson() : TEXTS.secretWithoutKey({ key }),
  );
}

/** One of another region is named by its ARN. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html */
function ofParameter(asked: Asked, from: string): string {
  const own = callerOf(asked);
  const region = parseArn(from)?.region || own.region;
  const caller = { ...own, region, store: own.cloud.scope(own.account, region) };
  const { Value } = orFault(
    () => readParameter(caller, from, true, "GetParameters"),
    ({ code, message }) =>
      /^Parameter.*NotFound$/.test(code)
        ? TEXTS.parameterInvalid({ name: from })
        : TEXTS.parameterRefused({ code, message, requestId: randomUUID() }),
  );
  return Value ?? "";
}

/** @throws TaskFault in the place of what a service refuses */
export function orFault<T>(read: () => T, words: (error: AwsError) => string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new TaskFault(words(error));
  }
}

/** A task without a way to the service waits for it in vain. */
export function wayFault(
  { record: { scope, task } }: Asked,
  service: "secretsmanager" | "ssm",
): TaskFault | undefined {
  const eni = task.networkInterfaceId;
  if (eni === undefined || mayReachService(scope, eni, service).allowed) return undefined;
  const words = service === "ssm" ? TEXTS.parametersUnreachable() : TEXTS.secretsUnreachable();
  return new TaskFault(words, { isTimeout: true });
}
