import { defineService, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { executionHandlers } from "./executions.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { historyHandlers } from "./history.ts";
import { members } from "./members.ts";
import { pipelineHandlers } from "./pipelines.ts";
import { stateHandlers } from "./pipeline-state.ts";
import { rights } from "./rights.ts";
import { pipelines } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { transitionHandlers } from "./transitions.ts";

const handlers = {
  ...executionHandlers,
  ...historyHandlers,
  ...pipelineHandlers,
  ...stateHandlers,
  ...tagHandlers,
  ...transitionHandlers,
} satisfies CodePipelineHandlers;

/** AWS CodePipeline. Custom actions, job workers, webhooks of version 1 and conditions are refused by name. */
export const service = defineService({
  id: "codepipeline",
  rights,
  members,
  tagging: {
    kinds: [taggedKind(pipelines)],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"], (tags) =>
      Object.entries(tags).map(([key, value]) => ({ key, value })),
    ),
  },
  handlers: handlers as Service["handlers"],
});
