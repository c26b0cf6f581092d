import { randomUUID } from "node:crypto";
import { TEXTS } from "../../services/ecs/texts.ts";
import { secretValue } from "../../services/secretsmanager/secret-values.ts";
import type { RegistryCredentials } from "@workbook/registry-client";
import { callerOf, orFault, wayFault, type Asked } from "./container-secrets.ts";
import { failOn, TaskFault } from "./task-faults.ts";

/**
 * The names and passwords with which a task's images are fetched from private registries, by container: read from Secrets
 * Manager once, before anything is fetched, as the execution role may.
 * @throws TaskFault
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html
 */
export async function readRegistryCredentials(
  asked: Asked,
): Promise<ReadonlyMap<string, RegistryCredentials>> {
  const read = new Map<string, RegistryCredentials>();
  for (const { name = "", repositoryCredentials } of asked.record.definition.containerDefinitions) {
    const secret = repositoryCredentials?.credentialsParameter;
    if (secret !== undefined) read.set(name, await credentialsOf(asked, secret));
  }
  return read;
}

async function credentialsOf(asked: Asked, secret: string): Promise<RegistryCredentials> {
  await failOn(wayFault(asked, "secretsmanager"), asked.context.clock);
  const { SecretString } = asked.context.store.transaction(() =>
    orFault(
      () => secretValue(callerOf(asked), { SecretId: secret }),
      ({ code, message }) =>
        TEXTS.credentialsRefused({ secret, code, message, requestId: randomUUID() }),
    ),
  );
  if (!SecretString) throw malformed("authorization data: empty secrets value");
  let given: unknown;
  try {
    given = JSON.parse(SecretString);
  } catch {
    given = undefined;
  }
  const username = fieldOf(given, "username");
  const password = fieldOf(given, "password");
  return { username, password };
}

/** A member of the secret, whose name Go's decoder takes in any case. */
function fieldOf(given: unknown, name: string): string {
  const invalid = "authorization data: unable to unmarshal secret value, invalid schema";
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw malformed(invalid);
  const [, value] = Object.entries(given).find(([key]) => key.toLowerCase() === name) ?? [];
  if (value === undefined || value === null || value === "")
    throw malformed(`${name}: AuthorizationData is malformed, empty field`);
  if (typeof value !== "string") throw malformed(invalid);
  return value;
}

const malformed = (what: string) => new TaskFault(TEXTS.credentialsMalformed({ what }));
