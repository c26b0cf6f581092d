import { providerOf } from "../../../services/codepipeline/find.ts";
import type { Work, Worker } from "../work.ts";
import { approve } from "./approval.ts";
import { build } from "./build.ts";
import { deployBlueGreen } from "./deploy-blue-green.ts";
import { deployRolling } from "./deploy-rolling.ts";
import { takeCommit, takeImage, takeObject } from "./sources.ts";

/** Who works on which actions. */
const WORKERS: Readonly<Record<string, Worker>> = {
  "Source S3": takeObject,
  "Source ECR": takeImage,
  "Source CodeStarSourceConnection": takeCommit,
  "Build CodeBuild": build,
  "Test CodeBuild": build,
  "Approval Manual": approve,
  "Deploy ECS": deployRolling,
  "Deploy CodeDeployToECS": deployBlueGreen,
};

/** The worker of an action: a pipeline has none of other types. */
export const workerOf = (work: Work): Worker => WORKERS[providerOf(work.declaration)]!;
