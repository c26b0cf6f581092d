import type { PictureMessage } from "@workbook/local-aws/live";
import type { TopologyNode } from "./topology.ts";

type PipelinePicture = PictureMessage["pipelines"][number];
type StagePicture = PipelinePicture["stages"][number];

/** A line, in both languages. */
type Line = readonly [en: string, ja: string];

/** A stage of a pipeline, as its newest execution has it; null where that has not come so far. */
export interface StageStatus {
  readonly name: string;
  readonly status: string | null;
  /** What failed, in CodePipeline's words. */
  readonly error: string | undefined;
  /** What it waits for: somebody's word, or, where somebody lets nothing into it, that this ends. */
  readonly waitsFor: "approval" | "transition" | undefined;
}

/** A pipeline and where its newest execution is. */
export interface PipelineStatus {
  readonly name: string;
  /** Null where it has never run. */
  readonly status: string | null;
  /** What it is about: a commit, a version. */
  readonly revision: string | undefined;
  readonly stages: readonly StageStatus[];
}

const MARKS: Readonly<Record<string, string>> = {
  Succeeded: "✓",
  Failed: "✗",
  InProgress: "…",
  Stopping: "…",
  Stopped: "■",
};

const WAITS = {
  approval: ["waits for approval", "承認を待っています"],
  transition: ["waits: its transition is disabled", "移行が無効なので待っています"],
} as const;

/** The pipelines of a cloud, by name. */
export async function readPipelines(endpoint: string): Promise<readonly PipelineStatus[]> {
  const response = await fetch(`${endpoint}/_local/pipelines`);
  const { pipelines } = (await response.json()) as { pipelines: readonly PipelinePicture[] };
  return pipelines.map(pipelineStatus);
}

/** What its picture says of a pipeline's newest execution. */
export function pipelineStatus({ name, status, stages }: PipelinePicture): PipelineStatus {
  const newest = stages.find(({ isNewest }) => isNewest);
  return {
    name,
    status,
    revision: newest?.revision?.slice(0, 12),
    stages: stages.map(stageStatus),
  };
}

function stageStatus(stage: StagePicture): StageStatus {
  const { isNewest, isAwaited, closed, actions } = stage;
  const isHeld = isAwaited && closed !== null;
  const isAsked = isNewest && actions.some(isAsking);
  return {
    name: stage.name,
    status: isNewest ? stage.status : null,
    error: isNewest ? (actions.find(({ error }) => error)?.error ?? undefined) : undefined,
    waitsFor: isAsked ? "approval" : isHeld ? "transition" : undefined,
  };
}

/** Whether an action waits for somebody's word. */
const isAsking = ({ provider, status }: StagePicture["actions"][number]) =>
  provider === "Manual" && status === "InProgress";

/** Such as `pipeline greeting  Source ✓ → Build … → Deploy ·`, and below it what failed, and what is waited for. */
export function describePipeline({ name, status, revision, stages }: PipelineStatus): Line[] {
  const line = stages
    .map(
      (stage) =>
        `${stage.name} ${stage.status === null ? "·" : (MARKS[stage.status] ?? stage.status)}`,
    )
    .join(" → ");
  const about = [status ?? "", revision ?? ""].filter(Boolean).join(" ");
  const more = stages.flatMap(({ name: stage, error, waitsFor }): Line[] => {
    if (error !== undefined) return [[`  ${stage}: ${error}`, `  ${stage}: ${error}`]];
    if (waitsFor === undefined) return [];
    const [en, ja] = WAITS[waitsFor];
    return [[`  ${stage}: ${en}`, `  ${stage}: ${ja}`]];
  });
  return [
    [`pipeline ${name}  ${line}  ${about}`, `パイプライン ${name}  ${line}  ${about}`],
    ...more,
  ];
}

/** Connections that nobody has let use anything yet, and how to. */
export function describePending(resources: readonly TopologyNode[]): Line[] {
  return resources
    .filter(
      ({ kind, value }) => kind === "codeconnections.connection" && value["status"] === "PENDING",
    )
    .map(({ value }) => {
      const command = `./workbook repository connect ${String(value["name"])}`;
      return [
        `connection ${String(value["name"])}  PENDING: ${command} lets it use repositories of this machine`,
        `接続 ${String(value["name"])}  PENDING: ${command} でこのマシンのリポジトリを使えるようになります`,
      ];
    });
}
