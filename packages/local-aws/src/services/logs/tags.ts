import type { Handlers } from "../../protocol/typed.ts";
import type { Scope } from "../../store/store.ts";
import type { CallContext } from "../service.ts";
import { nameFromIdentifier, needGroup } from "./find.ts";
import { logGroups } from "./state.ts";
import { invalidParameter, tooManyTags } from "./faults.ts";

const MAX_TAGS = 50;

/** Tags of log groups, by both of the APIs that AWS has for them. */
export const tagHandlers: Handlers<typeof import("@aws-sdk/client-cloudwatch-logs"), CallContext> =
  {
    TagResource: ({ resourceArn, tags }, { store }) => {
      putTags(store, groupOfArn(store, resourceArn), tags);
      return {};
    },
    UntagResource: ({ resourceArn, tagKeys }, { store }) => {
      removeTags(store, groupOfArn(store, resourceArn), tagKeys);
      return {};
    },
    ListTagsForResource: ({ resourceArn }, { store }) => ({
      tags: { ...needGroup(store, groupOfArn(store, resourceArn)).tags },
    }),
    TagLogGroup: ({ logGroupName, tags }, { store }) => {
      putTags(store, logGroupName, tags);
      return {};
    },
    UntagLogGroup: ({ logGroupName, tags }, { store }) => {
      removeTags(store, logGroupName, tags);
      return {};
    },
    ListTagsLogGroup: ({ logGroupName }, { store }) => ({
      tags: { ...needGroup(store, logGroupName).tags },
    }),
  };

/** @throws AwsError `TooManyTagsException`, `InvalidParameterException` */
export function checkTags(tags: Readonly<Record<string, string>>, resource: string): void {
  if (Object.keys(tags).length > MAX_TAGS) throw tooManyTags(resource);
  const reserved = Object.keys(tags).find((key) => key.toLowerCase().startsWith("aws:"));
  if (reserved !== undefined)
    throw invalidParameter(`The tag key ${reserved} starts with the reserved prefix aws:`);
}

function putTags(store: Scope, name: string, tags: Readonly<Record<string, string>>): void {
  const merged = { ...needGroup(store, name).tags, ...tags };
  checkTags(merged, name);
  store.of(logGroups).patch(name, { tags: merged });
}

function removeTags(store: Scope, name: string, keys: readonly string[]): void {
  const { tags } = needGroup(store, name);
  const left = Object.entries(tags).filter(([key]) => !keys.includes(key));
  store.of(logGroups).patch(name, { tags: Object.fromEntries(left) });
}

function groupOfArn(store: Scope, arn: string): string {
  if (!arn.startsWith("arn:")) throw invalidParameter(`Invalid ARN: ${arn}`);
  return nameFromIdentifier(store, arn);
}
