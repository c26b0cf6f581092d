import { defineService, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { accountSettingHandlers } from "./account-settings.ts";
import { capacityProviderHandlers } from "./providers/handlers.ts";
import { capacityProviders } from "./providers/state.ts";
import { clusterHandlers } from "./clusters.ts";
import { executeCommandHandlers } from "./execute-command.ts";
import type { EcsHandlers } from "./handlers.ts";
import { attributeHandlers } from "./instances/attribute-handlers.ts";
import { containerInstanceHandlers } from "./instances/handlers.ts";
import { containerInstances } from "./instances/state.ts";
import { serviceDeploymentHandlers } from "./rollouts/handlers.ts";
import { serviceHandlers } from "./services.ts";
import { taskProtectionHandlers } from "./task-protection.ts";
import { tagHandlers } from "./tag-operations.ts";
import { taskDefinitionHandlers } from "./task-definitions.ts";
import { taskHandlers } from "./tasks.ts";
import { taskSetHandlers } from "./task-sets/handlers.ts";
import { members } from "./members.ts";
import { clusters, taskDefinitions, ecsServices, tasks } from "./state.ts";
import { rights } from "./rights.ts";

const handlers = {
  ...accountSettingHandlers,
  ...attributeHandlers,
  ...capacityProviderHandlers,
  ...clusterHandlers,
  ...executeCommandHandlers,
  ...containerInstanceHandlers,
  ...serviceDeploymentHandlers,
  ...serviceHandlers,
  ...tagHandlers,
  ...taskProtectionHandlers,
  ...taskDefinitionHandlers,
  ...taskHandlers,
  ...taskSetHandlers,
} satisfies EcsHandlers;

/** Amazon Elastic Container Service, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
export const service = defineService({
  id: "ecs",
  rights,
  fault: "ServerException",
  members,
  tagging: {
    kinds: [
      taggedKind(clusters),
      taggedKind(containerInstances),
      taggedKind(capacityProviders),
      taggedKind(taskDefinitions),
      taggedKind(ecsServices),
      taggedKind(tasks),
    ],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"], (tags) =>
      Object.entries(tags).map(([key, value]) => ({ key, value })),
    ),
  },
  handlers: handlers as Service["handlers"],
});
