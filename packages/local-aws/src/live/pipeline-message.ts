/** A pipeline of CodePipeline and how far its executions are, in CodePipeline's own words: `InProgress`, `Succeeded`, `Failed`. */
export interface PipelinePicture {
  readonly name: string;
  /** Of its newest execution; null where it has never run. */
  readonly status: string | null;
  /** In their order. */
  readonly stages: readonly StagePicture[];
}

/** A stage, as the execution has left it that entered it last. */
export interface StagePicture {
  readonly name: string;
  /** Null where no execution has come so far. */
  readonly status: string | null;
  /** Whether that execution is the pipeline's newest: what an earlier one has left stands until a later one comes. */
  readonly isNewest: boolean;
  /** What that execution is about: a commit, a version, a digest; null before its source has found it. */
  readonly revision: string | null;
  /** The same in words: a commit's message; null where there are none. */
  readonly change: string | null;
  /** Whether an execution waits to be let into it. */
  readonly isAwaited: boolean;
  /** Why somebody lets nothing into it; null where it is open. */
  readonly closed: string | null;
  /** In their order. */
  readonly actions: readonly ActionPicture[];
}

export interface ActionPicture {
  readonly name: string;
  /** Such as `CodeBuild`, `ECS`, or `Manual` for an approval. */
  readonly provider: string;
  /** Null where it has not run. */
  readonly status: string | null;
  /** In milliseconds since 1970; null where it has not run. */
  readonly startedAt: number | null;
  /** Null while it runs. */
  readonly endedAt: number | null;
  /** Why it failed, in CodePipeline's words. */
  readonly error: string | null;
}
