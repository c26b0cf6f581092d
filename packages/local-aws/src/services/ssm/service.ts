import type { Members } from "../kit/members.ts";
import { defineService } from "../service.ts";
import { labelHandlers } from "./labels.ts";
import { putParameterHandlers } from "./put-parameter.ts";
import { readParameterHandlers } from "./read-parameters.ts";
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

/** AWS Systems Manager: Parameter Store, with the public parameters that name the ECS-optimized images. */
export const ssm = defineService({
  id: "ssm",
  rights: "own",
  fault: "InternalServerError",
  members,
  shown: [],
  handlers: {
    ...readParameterHandlers,
    ...putParameterHandlers,
    ...labelHandlers,
    ...tagHandlers,
  },
});
