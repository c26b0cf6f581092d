import type { TopologyNode } from "./topology.ts";

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

interface Pipeline {
  readonly name: string;
  readonly versions: readonly { readonly stages: readonly { readonly name: string }[] }[];
  /** Stages that somebody lets nothing into. */
  readonly closed: Readonly<Record<string, unknown>>;
}

/** `token` is an approval's. */
interface ActionRun {
  readonly status: string;
  readonly token?: string;
  readonly error?: { readonly message: string };
}

interface Execution {
  readonly pipeline: string;
  readonly number: number;
  readonly status: string;
  /** The stage that it is in, or waits for. */
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

const WAITS = {
  approval: ["waits for approval", "承認を待っています"],
  transition: ["waits: its transition is disabled", "移行が無効なので待っています"],
} as const;

/** The pipelines of a cloud, by name. */
export function pipelinesIn(resources: readonly TopologyNode[]): PipelineStatus[] {
  const of = (kind: string) => resources.filter((node) => node.kind === kind);
  const executions = of("codepipeline.execution").map(({ value }) => value as unknown as Execution);
  const runs = new Map(
    of("codepipeline.action-execution").map(
      ({ id, value }) => [id, value as unknown as ActionRun] as const,
    ),
  );
  return of("codepipeline.pipeline")
    .map(({ value }) => {
      const { name, versions, closed } = value as unknown as Pipeline;
      const newest = executions
        .filter(({ pipeline }) => pipeline === name)
        .toSorted((a, b) => b.number - a.number)[0];
      return {
        name,
        status: newest?.status ?? null,
        revision: newest?.revisions[0]?.id.slice(0, 12),
        stages: versions.at(-1)!.stages.map((stage, at): StageStatus => {
          const run = newest?.stages.find((it) => it.name === stage.name);
          const actions = Object.values(run?.actions ?? {}).flatMap((id) => runs.get(id) ?? []);
          const isHeld = newest?.isWaiting && newest.at === at && closed[stage.name] !== undefined;
          const isAsked = actions.some(({ status, token }) => status === "InProgress" && token);
          return {
            name: stage.name,
            status: run?.status ?? null,
            error: actions.find(({ error }) => error)?.error?.message,
            waitsFor: isAsked ? "approval" : isHeld ? "transition" : undefined,
          };
        }),
      };
    })
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

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
