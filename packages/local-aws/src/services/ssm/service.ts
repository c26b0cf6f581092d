import type { Members } from "../kit/members.ts";
import type { Place } from "../../ground/arn.ts";
import { defineService } from "../service.ts";
import { taggedKind, toTagList } from "../kit/tagging.ts";
import { labelHandlers } from "./labels.ts";
import { arnOf, readReference } from "./names.ts";
import { putParameterHandlers } from "./put-parameter.ts";
import { readParameterHandlers } from "./read-parameters.ts";
import { parameters } from "./state.ts";
import { tagHandlers } from "./tags.ts";

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    PutParameterRequest: "Policies",
    DescribeParametersRequest: "Shared",
  },
  meaningless: [],
  usedIn: {},
};

const parameterOf = (arn: string, place: Place) => ({
  ResourceType: "Parameter" as const,
  ResourceId: readReference(arn, place).name,
});

/** AWS Systems Manager: Parameter Store, with the public parameters that name the ECS-optimized images. */
export const service = defineService({
  id: "ssm",
  rights: "own",
  fault: "InternalServerError",
  members,
  tagging: {
    kinds: [
      taggedKind(parameters, ({ name, tags }, _id, scope) => ({ arn: arnOf(scope, name), tags })),
    ],
    tag: (arn, tags, context) => ({
      operation: "AddTagsToResource",
      input: { ...parameterOf(arn, context), Tags: toTagList(tags) },
    }),
    untag: (arn, TagKeys, context) => ({
      operation: "RemoveTagsFromResource",
      input: { ...parameterOf(arn, context), TagKeys },
    }),
  },
  handlers: {
    ...readParameterHandlers,
    ...putParameterHandlers,
    ...labelHandlers,
    ...tagHandlers,
  },
});
