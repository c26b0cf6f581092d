import type { Scope } from "../../store/store.ts";
import { logGroups, logStreams, type LogGroup, type LogStream } from "./state.ts";
import { groupMissing, invalidParameter, oneOf, streamMissing } from "./faults.ts";

const GROUP_ARN = /^arn:aws:logs:([^:]+):(\d{12}):log-group:([^:]+)(?::\*)?$/;

export const groupArn = (
  { region, account }: Pick<Scope, "region" | "account">,
  name: string,
): string => `arn:aws:logs:${region}:${account}:log-group:${name}`;

/** @throws AwsError `ResourceNotFoundException` */
export function needGroup(store: Scope, name: string): Readonly<LogGroup> {
  const group = store.of(logGroups).get(name);
  if (!group) throw groupMissing();
  return group;
}

/** @throws AwsError `ResourceNotFoundException` */
export function needStream(store: Scope, groupName: string, name: string): Readonly<LogStream> {
  needGroup(store, groupName);
  const stream = store.of(logStreams).get(streamKey(groupName, name));
  if (!stream) throw streamMissing();
  return stream;
}

export function streamKey(groupName: string, name: string): string {
  return `${groupName}:${name}`;
}

/** A group's streams, by name. */
export function streamsOf(store: Scope, groupName: string): Readonly<LogStream>[] {
  return store
    .of(logStreams)
    .filter((stream) => stream.groupName === groupName)
    .toSorted((a, b) => compareNames(a.name, b.name));
}

/** AWS sorts names by their bytes. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The name of the group that a call means: many take a name or an identifier (a name or an ARN), but not both. */
export function groupNameOf(
  store: Scope,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): string {
  if ((input.logGroupName === undefined) === (input.logGroupIdentifier === undefined))
    throw oneOf("logGroupName", "logGroupIdentifier");
  return input.logGroupName ?? nameFromIdentifier(store, input.logGroupIdentifier!);
}

/**
 * The name in an identifier: a name, or the ARN of a group of this account and region (nothing crosses accounts).
 * @throws AwsError `InvalidParameterException`, `ResourceNotFoundException`
 */
export function nameFromIdentifier(store: Scope, identifier: string): string {
  if (!identifier.startsWith("arn:")) return identifier;
  const match = GROUP_ARN.exec(identifier);
  if (!match) throw invalidParameter(`Invalid ARN: ${identifier}`);
  const [, region, account, name] = match;
  if (region !== store.region || account !== store.account) throw groupMissing();
  return name!;
}

/** The moment before which events of the group are no longer shown; 0 where they are kept for ever. */
export function expiryOf(group: Readonly<LogGroup>, now: number): number {
  return group.retentionInDays === undefined ? 0 : now - group.retentionInDays * 86_400_000;
}
