import { defineService, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { applicationHandlers } from "./applications.ts";
import { configHandlers } from "./deployment-configs.ts";
import { groupHandlers } from "./deployment-groups.ts";
import { deploymentHandlers } from "./deployments.ts";
import { applicationArn, groupArn } from "./find.ts";
import type { CodeDeployHandlers } from "./handlers.ts";
import { members } from "./members.ts";
import { revisionHandlers } from "./revisions.ts";
import { rights } from "./rights.ts";
import { applications, deploymentGroups } from "./state.ts";
import { tagHandlers } from "./tags.ts";
import { targetHandlers } from "./targets.ts";

const handlers = {
  ...applicationHandlers,
  ...configHandlers,
  ...deploymentHandlers,
  ...groupHandlers,
  ...revisionHandlers,
  ...tagHandlers,
  ...targetHandlers,
} satisfies CodeDeployHandlers;

/** AWS CodeDeploy for Amazon ECS. EC2, machines of one's own and Lambda, hooks and revisions of GitHub are refused by name. */
export const service = defineService({
  id: "codedeploy",
  rights,
  members,
  tagging: {
    kinds: [
      taggedKind(applications, ({ name, tags }, _id, scope) => ({
        arn: applicationArn(scope, name),
        tags,
      })),
      taggedKind(deploymentGroups, ({ applicationName, name, tags }, _id, scope) => ({
        arn: groupArn(scope, applicationName, name),
        tags,
      })),
    ],
    ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]),
  },
  handlers: handlers as Service["handlers"],
});
