import { taggedKind, type TagsByKey } from "../kit/tagging.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { buildHandlers } from "./builds.ts";
import { needProject, projectArn, projectNameOf } from "./find.ts";
import type { CodeBuildHandlers } from "./handlers.ts";
import { imageHandlers } from "./images.ts";
import { members } from "./members.ts";
import { projectHandlers } from "./projects.ts";
import { rights } from "./rights.ts";
import { credentialHandlers } from "./source-credentials.ts";
import { projects } from "./state.ts";

const handlers = {
  ...projectHandlers,
  ...buildHandlers,
  ...imageHandlers,
  ...credentialHandlers,
} satisfies CodeBuildHandlers;

/** Tags are a part of the project, and given as a whole. */
const retagged = (arn: string, { store }: CallContext, change: (tags: TagsByKey) => TagsByKey) => {
  const { name, tags } = needProject(store, arn);
  const before = Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  const after = Object.entries(change(before)).map(([key, value]) => ({ key, value }));
  return { operation: "UpdateProject", input: { name: projectNameOf(name), tags: after } };
};

/** AWS CodeBuild. Builds run as containers; batches, reports, webhooks, fleets and sandboxes are refused by name. */
export const service = defineService({
  id: "codebuild",
  rights,
  members,
  tagging: {
    kinds: [
      taggedKind(projects, ({ name, tags }, _id, scope) => ({
        arn: projectArn(scope, name),
        tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
      })),
    ],
    tag: (arn, tags, context) => retagged(arn, context, (before) => ({ ...before, ...tags })),
    untag: (arn, keys, context) =>
      retagged(arn, context, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
      ),
  },
  handlers: handlers as Service["handlers"],
});
