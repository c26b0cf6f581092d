import type { LogGroup as ApiLogGroup } from "@aws-sdk/client-cloudwatch-logs";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import {
  compareNames,
  groupArn,
  nameFromIdentifier,
  needGroup,
  streamKey,
  streamsOf,
} from "./find.ts";
import { filterKey, filtersOf } from "./metric-filters.ts";
import { LogEvents } from "./log-events.ts";
import { page } from "./pages.ts";
import { logGroups, logStreams, metricFilters, type LogGroup } from "./state.ts";
import { checkTags } from "./tags.ts";
import {
  deletionProtected,
  exclusive,
  groupExists,
  notAllowedValue,
  reservedGroup,
} from "./faults.ts";
import { checkGroupKey } from "./group-key.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];
const DEFAULT_PAGE = 50;

/** Log groups: their life, their retention and their keys. */
export const groupHandlers: Handlers<
  typeof import("@aws-sdk/client-cloudwatch-logs"),
  CallContext
> = {
  CreateLogGroup: (input, context) => {
    const { logGroupName, kmsKeyId } = input;
    if (kmsKeyId !== undefined)
      checkGroupKey(context, groupArn(context.store, logGroupName), kmsKeyId);
    createLogGroup(context.store, input.logGroupName, context.clock.now(), {
      kmsKeyId: input.kmsKeyId,
      logGroupClass: input.logGroupClass,
      deletionProtectionEnabled: input.deletionProtectionEnabled,
      tags: input.tags,
    });
    return {};
  },

  DeleteLogGroup: ({ logGroupName }, { store, cloud }) => {
    const group = needGroup(store, logGroupName);
    if (group.deletionProtectionEnabled) throw deletionProtected();
    for (const { name } of streamsOf(store, logGroupName))
      store.of(logStreams).delete(streamKey(logGroupName, name));
    for (const { name } of filtersOf(store, logGroupName))
      store.of(metricFilters).delete(filterKey(logGroupName, name));
    store.of(logGroups).delete(logGroupName);
    cloud.owner(LogEvents).deleteGroup(store, logGroupName);
    return {};
  },

  DescribeLogGroups: (input, { store, cloud }) => {
    const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
    if (prefix !== undefined && pattern !== undefined)
      throw exclusive("LogGroup name prefix", "LogGroup name pattern");
    const names = input.logGroupIdentifiers?.map((one) => nameFromIdentifier(store, one));
    const found = sortedGroups(store).filter(
      ({ name, logGroupClass }) =>
        (prefix === undefined || name.startsWith(prefix)) &&
        (pattern === undefined || name.includes(pattern)) &&
        (names === undefined || names.includes(name)) &&
        (input.logGroupClass === undefined || logGroupClass === input.logGroupClass),
    );
    const { items, nextToken } = page(
      found,
      { nextToken: input.nextToken, limit: input.limit ?? DEFAULT_PAGE },
      "log-groups",
      ({ name }) => name,
    );
    const events = cloud.owner(LogEvents);
    return {
      logGroups: items.map((group) => describe(group, events.storedBytes(store, group.name))),
      nextToken,
    };
  },

  ListLogGroups: (input, { store }) => {
    const matches = nameMatcher(input.logGroupNamePattern);
    const found = sortedGroups(store).filter(
      ({ name, logGroupClass }) =>
        matches(name) &&
        (input.logGroupClass === undefined || logGroupClass === input.logGroupClass),
    );
    const { items, nextToken } = page(
      found,
      { nextToken: input.nextToken, limit: input.limit ?? DEFAULT_PAGE },
      "log-groups",
      ({ name }) => name,
    );
    const logGroupSummaries = items.map(({ name, arn, logGroupClass }) => ({
      logGroupName: name,
      logGroupArn: arn,
      logGroupClass: logGroupClass as "STANDARD",
    }));
    return { logGroups: logGroupSummaries, nextToken };
  },

  PutRetentionPolicy: ({ logGroupName, retentionInDays }, { store }) => {
    needGroup(store, logGroupName);
    if (!RETENTION_DAYS.includes(retentionInDays))
      throw notAllowedValue(retentionInDays, "retentionInDays", RETENTION_DAYS);
    store.of(logGroups).patch(logGroupName, { retentionInDays });
    return {};
  },

  DeleteRetentionPolicy: ({ logGroupName }, { store }) => {
    needGroup(store, logGroupName);
    store.of(logGroups).patch(logGroupName, { retentionInDays: undefined });
    return {};
  },

  AssociateKmsKey: (input, context) => {
    const { store } = context;
    const name = encryptedGroup(store, input);
    checkGroupKey(context, groupArn(store, name), input.kmsKeyId);
    store.of(logGroups).patch(name, { kmsKeyId: input.kmsKeyId });
    return {};
  },

  DisassociateKmsKey: (input, { store }) => {
    store.of(logGroups).patch(encryptedGroup(store, input), { kmsKeyId: undefined });
    return {};
  },

  PutLogGroupDeletionProtection: (input, { store }) => {
    const name = nameFromIdentifier(store, input.logGroupIdentifier);
    needGroup(store, name);
    const { deletionProtectionEnabled } = input;
    store.of(logGroups).patch(name, { deletionProtectionEnabled });
    return {};
  },
};

/**
 * Makes a log group, in the transaction under way; also for the awslogs driver (`awslogs-create-group`).
 * @throws AwsError `ResourceAlreadyExistsException`, `TooManyTagsException`
 */
export function createLogGroup(
  store: Scope,
  name: string,
  now: number,
  settings: {
    kmsKeyId?: string | undefined;
    logGroupClass?: string | undefined;
    deletionProtectionEnabled?: boolean | undefined;
    tags?: Record<string, string> | undefined;
  } = {},
): void {
  if (/^aws\//i.test(name)) throw reservedGroup();
  if (store.of(logGroups).has(name)) throw groupExists();
  const tags = settings.tags ?? {};
  checkTags(tags, name);
  store.of(logGroups).put(name, {
    name,
    arn: groupArn(store, name),
    creationTime: now,
    kmsKeyId: settings.kmsKeyId,
    logGroupClass: settings.logGroupClass ?? "STANDARD",
    deletionProtectionEnabled: settings.deletionProtectionEnabled ?? false,
    tags: { ...tags },
  });
}

function sortedGroups(store: Scope): Readonly<LogGroup>[] {
  return store
    .of(logGroups)
    .values()
    .toSorted((a, b) => compareNames(a.name, b.name));
}

function describe(group: Readonly<LogGroup>, storedBytes: number): ApiLogGroup {
  return {
    logGroupName: group.name,
    creationTime: group.creationTime,
    retentionInDays: group.retentionInDays,
    metricFilterCount: 0,
    arn: `${group.arn}:*`,
    storedBytes,
    kmsKeyId: group.kmsKeyId,
    logGroupClass: group.logGroupClass as ApiLogGroup["logGroupClass"],
    logGroupArn: group.arn,
    deletionProtectionEnabled: group.deletionProtectionEnabled ?? false,
  };
}

/** ListLogGroups takes alternatives separated by `|`, each a substring, or a prefix after `^`. */
function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const alternatives = pattern.split("|");
  return (name) =>
    alternatives.some((one) =>
      one.startsWith("^") ? name.startsWith(one.slice(1)) : name.includes(one),
    );
}

/** The group that a key is for: by name, or by the ARN of the resource. */
function encryptedGroup(
  store: Scope,
  input: { logGroupName?: string | undefined; resourceIdentifier?: string | undefined },
): string {
  if ((input.logGroupName === undefined) === (input.resourceIdentifier === undefined))
    throw exclusive("logGroupName", "resourceIdentifier");
  const name = input.logGroupName ?? nameFromIdentifier(store, input.resourceIdentifier!);
  return needGroup(store, name).name;
}
