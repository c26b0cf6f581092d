import type { Tag } from "@aws-sdk/client-codepipeline";
import { ownName } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import { invalidArn, invalidTags, tooManyTags } from "./faults.ts";
import { needPipeline } from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { pipelines, type Pipeline, type Tags } from "./state.ts";

const RULES: TagRules = {
  reserved: () => invalidTags("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidTags(`The tag key ${key} is given more than once.`),
  tooMany: tooManyTags,
};

/** `before` with tags laid over them. @throws AwsError `InvalidTagsException`, `TooManyTagsException` */
export function withTags(before: Tags, given: readonly Tag[] = []): Tags {
  const laid = layTags(
    before.map(({ key, value }) => ({ Key: key, Value: value })),
    given.map(({ key, value }) => ({ Key: key, Value: value })),
    RULES,
  );
  return laid.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** @throws AwsError `InvalidArnException`, `PipelineNotFoundException` */
function tagged(store: Scope, arn: string): Readonly<Pipeline> {
  const name = ownName(arn, "codepipeline", "", store);
  if (!/^[^/:]+$/.test(name)) throw invalidArn(`${arn} is not the ARN of a pipeline.`);
  return needPipeline(store, name);
}

export const tagHandlers: CodePipelineHandlers = {
  TagResource({ resourceArn, tags }, { store }) {
    const found = tagged(store, resourceArn);
    store.of(pipelines).patch(found.name, { tags: withTags(found.tags, tags) });
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, { store }) {
    const found = tagged(store, resourceArn);
    const tags = found.tags.filter(({ key }) => !tagKeys.includes(key));
    store.of(pipelines).patch(found.name, { tags });
    return {};
  },

  ListTagsForResource({ resourceArn }, { store }) {
    return { tags: tagged(store, resourceArn).tags.map((tag) => ({ ...tag })) };
  },
};
