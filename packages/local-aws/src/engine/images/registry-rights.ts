import { callerKeys, refusalOn, type Caller } from "../../services/iam/caller.ts";
import { isAdministrator } from "../../services/iam/principal-policies.ts";
import { refusalWords, type Refusal } from "../../services/iam/refusal.ts";
import { tagsByKey } from "../../services/iam/request-tags.ts";
import { prefixed } from "../../services/iam/caller-keys.ts";
import { repositories } from "../../services/ecr/state.ts";
import { RegistryError } from "./registry-error.ts";

const arnOf = ({ account, region }: Caller, name: string) =>
  name === "*" ? "*" : `arn:aws:ecr:${region}:${account}:repository/${name}`;

/**
 * Holds a request to the policies of whoever asked for its password, and to the repository's.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
 * @param action such as `BatchGetImage`
 * @param name of the repository, or `*` for what is about none
 * @throws RegistryError `DENIED`, in the words in which clients show ECR's refusals
 */
export function checkRight(caller: Caller, action: string, name: string): void {
  const refusal = refusalTo(caller, action, name);
  if (!refusal) return;
  const words = refusalWords(refusal, `ecr:${action}`);
  throw new RegistryError(
    403,
    "DENIED",
    `User: ${caller.principal.arn} is not authorized to perform: ecr:${action} on resource: ${arnOf(caller, name)} ${words}`,
  );
}

/** As {@link checkRight}: whether it would go well. */
export const mayUse = (caller: Caller, action: string, name: string): boolean =>
  refusalTo(caller, action, name) === undefined;

function refusalTo(caller: Caller, action: string, name: string): Refusal | undefined {
  if (isAdministrator(caller.principal)) return undefined;
  const repository = caller.store.of(repositories).get(name);
  const tags = tagsByKey(repository?.tags ?? []);
  const context = {
    ...callerKeys(caller),
    ...prefixed("aws:ResourceTag/", tags),
    ...prefixed("ecr:ResourceTag/", tags),
  };
  const request = { action: `ecr:${action}`, resource: arnOf(caller, name), context };
  return refusalOn(caller, repository?.policyText, request);
}
