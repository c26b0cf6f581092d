import type { TopologyNode } from "./topology.ts";

/** A line, in both languages. */
type Line = readonly [en: string, ja: string];

/** A stage of a pipeline, as its newest execution has it; null where that has not come so far. */
export interface StageStatus {
  readonly name: string;
  readonly status: string | null;
  /** What failed, in CodePipeline's words. */
  readonly error: string | undefined;
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

interface Execution {
  readonly pipeline: string;
  readonly number: number;
  readonly status: string;
  readonly at: number;
  readonly isWaiting: boolean;
  readonly revisions: readonly { readonly id: string }[];
  readonly stages: readonly {
    readonly name: string;
    readonly status: string;
    readonly actions: Readonly<Record<string, string>>;
  }[];
}

const MARKS: Readonly<Record<string, string>> = {
  Succeeded: "✓",
  Failed: "✗",
  InProgress: "…",
  Stopping: "…",
  Stopped: "■",
};

/** The pipelines of a cloud, by name. */
export function pipelinesIn(resources: readonly TopologyNode[]): PipelineStatus[] {
  const of = (kind: string) => resources.filter((node) => node.kind === kind);
  const executions = of("codepipeline.execution").map(({ value }) => value as unknown as Execution);
  const failures = new Map(
    of("codepipeline.action-execution").map(({ id, value }) => [id, value["error"]] as const),
  );
  return of("codepipeline.pipeline")
    .map(({ value }) => {
      const { name, versions } = value as unknown as {
        name: string;
        versions: readonly { readonly stages: readonly { readonly name: string }[] }[];
      };
      const newest = executions
        .filter(({ pipeline }) => pipeline === name)
        .toSorted((a, b) => b.number - a.number)[0];
      return {
        name,
        status: newest?.status ?? null,
        revision: newest?.revisions[0]?.id.slice(0, 12),
        stages: versions.at(-1)!.stages.map((stage) => {
          const run = newest?.stages.find((it) => it.name === stage.name);
          const errors = Object.values(run?.actions ?? {}).map((id) => failures.get(id));
          const error = errors.find(Boolean) as { readonly message: string } | undefined;
          return { name: stage.name, status: run?.status ?? null, error: error?.message };
        }),
      };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Such as `pipeline greeting  Source ✓ → Build … → Deploy ·`, and what failed below it. */
export function describePipeline({ name, status, revision, stages }: PipelineStatus): Line[] {
  const line = stages
    .map(
      (stage) =>
        `${stage.name} ${stage.status === null ? "·" : (MARKS[stage.status] ?? stage.status)}`,
    )
    .join(" → ");
  const about = [status ?? "", revision ?? ""].filter(Boolean).join(" ");
  const errors = stages.flatMap(({ name: stage, error }) =>
    error === undefined ? [] : ([[`  ${stage}: ${error}`, `  ${stage}: ${error}`]] as Line[]),
  );
  return [
    [`pipeline ${name}  ${line}  ${about}`, `パイプライン ${name}  ${line}  ${about}`],
    ...errors,
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
