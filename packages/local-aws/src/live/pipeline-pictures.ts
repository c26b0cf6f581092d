import type { ActionDeclaration } from "@aws-sdk/client-codepipeline";
import { declared, executionsOf, latestIn, stageRun } from "../services/codepipeline/find.ts";
import {
  actionRuns,
  pipelines,
  type Execution,
  type Pipeline,
  type Revision,
} from "../services/codepipeline/state.ts";
import type { Scope, Store } from "../store/store.ts";
import type { ActionPicture, PipelinePicture, StagePicture } from "./pipeline-message.ts";

/** An account's pipelines, by name, each stage as GetPipelineState tells of it. */
export function pipelinePictures(store: Store, account: string): PipelinePicture[] {
  return store
    .all(pipelines)
    .filter(({ place }) => place.account === account)
    .flatMap((all) => {
      const scope = store.scope(account, all.place.region);
      return all.values().map((pipeline) => pipelinePicture(scope, pipeline));
    })
    .toSorted((one, other) => one.name.localeCompare(other.name));
}

function pipelinePicture(scope: Scope, pipeline: Readonly<Pipeline>): PipelinePicture {
  const executions = executionsOf(scope, pipeline.name);
  return {
    name: pipeline.name,
    status: executions[0]?.status ?? null,
    stages: declared(pipeline).stages!.map(({ name, actions }, at) => {
      const latest = latestIn(executions, name!);
      const run = latest && stageRun(latest, name!);
      const isAwaited = executions.some(
        (it) => it.isWaiting && it.at === at && it.status === "InProgress",
      );
      return {
        name: name!,
        status: run?.status ?? null,
        isNewest: latest !== undefined && latest.id === executions[0]?.id,
        ...about(latest),
        isAwaited,
        closed: pipeline.closed[name!]?.reason ?? null,
        actions: actions!.map((each) => actionPicture(scope, each, run?.actions ?? {})),
      };
    }),
  };
}

/** What an execution brings: what its first source has found. */
function about(
  execution: Readonly<Execution> | undefined,
): Pick<StagePicture, "revision" | "change"> {
  const [revision] = execution?.revisions ?? [];
  return { revision: revision?.id ?? null, change: revision ? changeOf(revision) : null };
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_SourceRevision.html: of providers of repositories it is JSON. */
function changeOf({ summary = "" }: Revision): string | null {
  if (!summary.startsWith("{")) return null;
  const { CommitMessage } = JSON.parse(summary) as { readonly CommitMessage?: string };
  return CommitMessage?.split("\n")[0] ?? null;
}

function actionPicture(
  scope: Scope,
  { name, actionTypeId }: ActionDeclaration,
  ids: Readonly<Record<string, string>>,
): ActionPicture {
  const run = scope.of(actionRuns).get(ids[name!] ?? "");
  return {
    name: name!,
    provider: actionTypeId!.provider!,
    status: run?.status ?? null,
    startedAt: run?.startedAt ?? null,
    endedAt: run && run.status !== "InProgress" ? run.updatedAt : null,
    error: run?.error?.message ?? null,
  };
}
