import type { TaskDefinitionFamilyStatus } from "@aws-sdk/client-ecs";
import type { CallContext } from "../service.ts";
import { clientException } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { findTaskDefinition } from "./lookup.ts";
import { page } from "./pages.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";
import { taskDefinitions, tasks, ecsServices, type TaskDefinition } from "./state.ts";
import { fromTags } from "./tags.ts";
import { describeTaskDefinition } from "./task-definition-view.ts";
import { DEFINITION_TEXTS } from "./definition-texts.ts";

const byFamilyAndRevision = (a: TaskDefinition, b: TaskDefinition) =>
  a.family === b.family ? a.revision - b.revision : a.family < b.family ? -1 : 1;

/** Whether a task or service still stands on a definition: then its deletion waits. */
function isInUse(context: CallContext, arn: string): boolean {
  const { store } = context;
  const task = store
    .of(tasks)
    .find((it) => it.taskDefinitionArn === arn && it.lastStatus !== "STOPPED");
  const service = store
    .of(ecsServices)
    .find(
      (it) => it.status !== "INACTIVE" && it.deployments.some((d) => d.taskDefinitionArn === arn),
    );
  return task !== undefined || service !== undefined;
}

function hasFamilyStatus(
  definitions: readonly TaskDefinition[],
  status: TaskDefinitionFamilyStatus,
): boolean {
  const active = definitions.some((definition) => definition.status === "ACTIVE");
  return status === "ALL" || active === (status === "ACTIVE");
}

/** By family, then by number. */
const sortKey = ({ family, revision }: TaskDefinition) =>
  `${family}:${String(revision).padStart(10, "0")}`;

export const taskDefinitionHandlers: EcsHandlers = {
  RegisterTaskDefinition(input, context) {
    const definition = registerTaskDefinition(input, context);
    return { taskDefinition: describeTaskDefinition(definition), tags: fromTags(definition.tags) };
  },

  DescribeTaskDefinition(input, context) {
    const definition = findTaskDefinition(context, input.taskDefinition);
    if (!definition) throw clientException(DEFINITION_TEXTS.taskDefinitionNotFound());
    return {
      taskDefinition: describeTaskDefinition(definition),
      tags: input.include?.includes("TAGS") ? fromTags(definition.tags) : [],
    };
  },

  ListTaskDefinitions(input, context) {
    const status = input.status ?? "ACTIVE";
    const wanted = context.store
      .of(taskDefinitions)
      .filter((definition) => definition.status === status)
      .filter(({ family }) => input.familyPrefix === undefined || family === input.familyPrefix)
      .sort(byFamilyAndRevision);
    if (input.sort === "DESC") wanted.reverse();
    const { items, nextToken } = page(wanted, sortKey, input, {
      of: "task-definitions",
      descending: input.sort === "DESC",
    });
    return { taskDefinitionArns: items.map(({ arn }) => arn), nextToken };
  },

  ListTaskDefinitionFamilies(input, context) {
    const families = Map.groupBy(context.store.of(taskDefinitions).values(), (it) => it.family);
    const wanted = [...families]
      .filter(([family]) => family.startsWith(input.familyPrefix ?? ""))
      .filter(([, definitions]) => hasFamilyStatus(definitions, input.status ?? "ACTIVE"))
      .map(([family]) => family)
      .sort();
    const { items, nextToken } = page(wanted, (family) => family, input, { of: "families" });
    return { families: items, nextToken };
  },

  DeregisterTaskDefinition(input, context) {
    if (!input.taskDefinition.includes(":"))
      throw clientException(DEFINITION_TEXTS.revisionMissing());
    const definition = findTaskDefinition(context, input.taskDefinition);
    if (!definition) throw clientException(DEFINITION_TEXTS.deregisterNotFound());
    if (definition.status !== "ACTIVE") throw clientException(DEFINITION_TEXTS.deregisterTwice());
    const updated = context.store
      .of(taskDefinitions)
      .patch(definition.arn, { status: "INACTIVE", deregisteredAt: context.clock.now() });
    return { taskDefinition: describeTaskDefinition(updated) };
  },

  DeleteTaskDefinitions(input, context) {
    const deleted: TaskDefinition[] = [];
    const failures: { arn: string; reason: string }[] = [];
    for (const reference of input.taskDefinitions) {
      const definition = findTaskDefinition(context, reference);
      const reason = !definition
        ? /:\d+$/.test(reference)
          ? DEFINITION_TEXTS.deregisterNotFound()
          : DEFINITION_TEXTS.revisionIdentifierInvalid()
        : definition.status === "ACTIVE"
          ? DEFINITION_TEXTS.deleteActive()
          : undefined;
      if (!definition || reason) failures.push({ arn: reference, reason: reason ?? "" });
      else deleted.push(requestDeletion(context, definition));
    }
    return { taskDefinitions: deleted.map(describeTaskDefinition), failures };
  },
};

/** A definition in use stays, in `DELETE_IN_PROGRESS`; otherwise it is gone. */
function requestDeletion(context: CallContext, definition: TaskDefinition): TaskDefinition {
  const stored = context.store.of(taskDefinitions);
  const marked = stored.patch(definition.arn, {
    status: "DELETE_IN_PROGRESS",
    deleteRequestedAt: context.clock.now(),
  });
  if (!isInUse(context, definition.arn)) stored.delete(definition.arn);
  return marked;
}
