import { ownName, parseArn, type Place } from "../../ground/arn.ts";
import type { Caller } from "../iam/caller.ts";
import { callerKeys, denied, refusalOn } from "../iam/caller.ts";
import { accessDenied, tooDeep, validation } from "./faults.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html#sysman-parameter-name-constraints */
const MOST_LEVELS = 15;
const RULES =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";

/** A parameter's name, and what selects one of its versions: a number or a label. */
export interface Reference {
  readonly name: string;
  readonly selector?: string | undefined;
}

/** Reads `name`, `name:3`, `name:label` and the ARN of a parameter; that of another account or region is the name of nothing here. */
export function readReference(text: string, { account, region }: Place): Reference {
  const arn = parseArn(text);
  // Public ones belong to no account.
  const place = { account: arn?.account === "" ? "" : account, region };
  const rest = ownName(text, "ssm", "parameter/", place);
  if (arn && rest === text) return { name: text };
  const name = arn && rest.includes("/") ? `/${rest.replace(/^\//, "")}` : rest;
  const at = name.indexOf(":");
  return at === -1 ? { name } : { name: name.slice(0, at), selector: name.slice(at + 1) };
}

/** @throws AwsError `ValidationException`, `HierarchyLevelLimitExceededException`, `AccessDeniedException` for a name that nobody can give */
export function checkName(name: string): void {
  if (name.includes("/") && !name.startsWith("/"))
    throw validation("Parameter name must be a fully qualified name.");
  if (/^\/?(?:aws|amazon)(?:[^/]*)(?:\/|$)/i.test(name))
    throw name.startsWith("/")
      ? accessDenied(`No access to reserved parameter name: ${name}.`)
      : validation(
          `Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive). ${RULES}`,
        );
  if (/^\/?ssm/i.test(name))
    throw validation(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${RULES}`);
  if (!/^[\w./-]+$/.test(name) || name.endsWith("/") || name.includes("//"))
    throw validation(
      `Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>. ${RULES}`,
    );
  if (name.split("/").filter(Boolean).length > MOST_LEVELS)
    throw tooDeep(
      "A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names in the AWS Systems Manager User Guide.",
    );
}

export const arnOf = ({ region, account }: Place, name: string) =>
  name.startsWith("arn:")
    ? name
    : `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;

/**
 * Holds a call to the caller's policies.
 * @param arn of the parameter, or `*`
 * @throws AwsError `AccessDeniedException`
 */
export function checkAccess(caller: Caller, operation: string, arn: string): void {
  const action = `ssm:${operation}`;
  const request = { action, resource: arn, context: callerKeys(caller) };
  const refusal = refusalOn(caller, undefined, request);
  if (refusal) throw denied(caller, action, arn, refusal);
}
