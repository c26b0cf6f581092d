import type { Service } from "../service.ts";
import { imageHandlers, imageWriteHandlers } from "./images.ts";
import { policyHandlers } from "./policies.ts";
import { repositoryHandlers } from "./repositories.ts";

/** Amazon ECR's control plane; images go in and out through the registry under `/v2/`. */
export const ecr: Service = {
  id: "ecr",
  handlers: { ...repositoryHandlers, ...policyHandlers, ...imageHandlers },
  streaming: imageWriteHandlers,
};
