import type { PipelineDeclaration } from "@aws-sdk/client-codepipeline";
import { cutPage } from "../kit/pages.ts";
import { invalidToken, nameInUse, versionMissing } from "./faults.ts";
import {
  actionRunsOf,
  declared,
  executionKey,
  executionsOf,
  needPipeline,
  pipelineArn,
} from "./find.ts";
import type { CodePipelineHandlers } from "./handlers.ts";
import { newExecution } from "./new-execution.ts";
import { actionRuns, executions, pipelines } from "./state.ts";
import { checkStructure } from "./structure.ts";
import { withTags } from "./tags.ts";

/** A declaration with what AWS puts in for what it leaves out. */
function complete(given: PipelineDeclaration, version: number): PipelineDeclaration {
  const { name, roleArn, artifactStore, stages, variables, triggers } = given;
  return {
    name,
    roleArn,
    artifactStore,
    stages: stages!.map((stage) => ({
      ...stage,
      actions: stage.actions!.map((action) => ({
        ...action,
        runOrder: action.runOrder ?? 1,
        configuration: action.configuration ?? {},
        inputArtifacts: action.inputArtifacts ?? [],
        outputArtifacts: action.outputArtifacts ?? [],
      })),
    })),
    version,
    executionMode: given.executionMode ?? "SUPERSEDED",
    pipelineType: given.pipelineType ?? "V1",
    ...(variables && { variables }),
    ...(triggers && { triggers }),
  };
}

export const pipelineHandlers: CodePipelineHandlers = {
  CreatePipeline({ pipeline, tags }, context) {
    const { store, clock, principal } = context;
    const name = pipeline.name!;
    if (store.of(pipelines).has(name)) throw nameInUse(name);
    checkStructure(pipeline, context);
    const now = clock.now();
    const made = {
      name,
      arn: pipelineArn(context, name),
      versions: [complete(pipeline, 1)],
      createdAt: now,
      updatedAt: now,
      closed: {},
      tags: withTags([], tags),
    };
    store.of(pipelines).put(name, made);
    // A pipeline runs as soon as it is made.
    newExecution(store, made, { type: "CreatePipeline", detail: principal.arn }, now);
    return { pipeline: declared(made), tags: made.tags.map((tag) => ({ ...tag })) };
  },

  UpdatePipeline({ pipeline }, context) {
    const { store, clock } = context;
    const found = needPipeline(store, pipeline.name!);
    checkStructure(pipeline, context);
    const next = complete(pipeline, found.versions.length + 1);
    store
      .of(pipelines)
      .patch(found.name, { versions: [...found.versions, next], updatedAt: clock.now() });
    return { pipeline: next };
  },

  GetPipeline({ name, version }, { store }) {
    const found = needPipeline(store, name);
    const pipeline = version === undefined ? declared(found) : found.versions[version - 1];
    if (!pipeline) throw versionMissing(name, version!);
    return {
      pipeline,
      metadata: {
        pipelineArn: found.arn,
        created: new Date(found.createdAt),
        updated: new Date(found.updatedAt),
      },
    };
  },

  ListPipelines({ maxResults, nextToken }, { store }) {
    const { items, next } = cutPage([...store.of(pipelines).values()], {
      key: ({ name }) => name,
      size: maxResults ?? 1000,
      token: nextToken,
      of: "pipelines",
      invalid: invalidToken,
    });
    return {
      pipelines: items.map((it) => {
        const { version, pipelineType, executionMode } = declared(it);
        return {
          name: it.name,
          version,
          pipelineType,
          executionMode,
          created: new Date(it.createdAt),
          updated: new Date(it.updatedAt),
        };
      }),
      nextToken: next,
    };
  },

  // One that is not there is deleted already. What it did goes with it.
  DeletePipeline({ name }, { store }) {
    for (const { id } of executionsOf(store, name))
      store.of(executions).delete(executionKey(name, id));
    for (const { id } of actionRunsOf(store, name)) store.of(actionRuns).delete(id);
    store.of(pipelines).delete(name);
    return {};
  },
};
