import type { Tag } from "@aws-sdk/client-codedeploy";
import { ownName } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import { invalidArn, invalidTags } from "./faults.ts";
import { groupKey, needApplication, needGroup } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { applications, deploymentGroups, type Tags } from "./state.ts";

const RULES: TagRules = {
  reserved: () => invalidTags("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidTags(`The tag key ${key} is given more than once.`),
  tooMany: () => invalidTags("A resource can have at most 50 tags."),
};

/** `before` with tags laid over them. @throws AwsError `InvalidTagsToAddException` */
export const withTags = (before: Tags, given: readonly Tag[] = []): Tags =>
  layTags(before, given, RULES);

interface Tagged {
  readonly tags: Tags;
  set(tags: Tags): void;
}

function partsOf(store: Scope, arn: string) {
  const resource = ownName(arn, "codedeploy", "", store);
  const [, kind, name = ""] = /^(application|deploymentgroup):(.+)$/.exec(resource) ?? [];
  return { kind, name };
}

/** The tags of what an ARN names; undefined where it names nothing that is there. */
export function tagsOf(store: Scope, arn: string): Tags | undefined {
  const { kind, name } = partsOf(store, arn);
  if (kind === "application") return store.of(applications).get(name)?.tags;
  const [application = "", group = ""] = name.split("/");
  return store.of(deploymentGroups).get(groupKey(application, group))?.tags;
}

/** What an ARN names: an application or a deployment group. @throws AwsError where it names neither */
export function tagged(store: Scope, arn: string): Tagged {
  const { kind, name } = partsOf(store, arn);
  if (kind === undefined)
    throw invalidArn("The specified ARN is not in a valid format or cannot have tags.");
  if (kind === "application") {
    const { tags } = needApplication(store, name);
    return { tags, set: (next) => void store.of(applications).patch(name, { tags: next }) };
  }
  const [application = "", group = ""] = name.split("/");
  const { tags } = needGroup(store, application, group);
  const key = groupKey(application, group);
  return { tags, set: (next) => void store.of(deploymentGroups).patch(key, { tags: next }) };
}

export const tagHandlers: CodeDeployHandlers = {
  TagResource({ ResourceArn, Tags }, { store }) {
    const resource = tagged(store, ResourceArn);
    resource.set(withTags(resource.tags, Tags));
    return {};
  },

  UntagResource({ ResourceArn, TagKeys }, { store }) {
    const resource = tagged(store, ResourceArn);
    resource.set(resource.tags.filter(({ Key }) => !TagKeys.includes(Key)));
    return {};
  },

  ListTagsForResource({ ResourceArn }, { store }) {
    return { Tags: tagged(store, ResourceArn).tags.map((tag) => ({ ...tag })) };
  },
};
