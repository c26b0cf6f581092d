import type { ActionDeclaration, ArtifactStore } from "@aws-sdk/client-codepipeline";
import { declaredFor, executionKey } from "../../services/codepipeline/find.ts";
import {
  actionRuns,
  executions,
  type ActionRun,
  type ArtifactPlace,
  type Execution,
  type Revision,
} from "../../services/codepipeline/state.ts";
import type { Scope } from "../../store/store.ts";
import { ActionFault } from "./action-fault.ts";
import { readFileOf, writeArtifact } from "./artifacts.ts";
import type { RoleCalls } from "./role-calls.ts";

/** What became of a look at an action: it is done, or something else has to change first, at the latest at an instant. */
export type Outcome =
  | {
      readonly kind: "done";
      readonly variables?: Readonly<Record<string, string>>;
      readonly summary?: string;
      /** Of a source. */
      readonly revision?: Omit<Revision, "actionName" | "artifact">;
    }
  | { readonly kind: "wait"; readonly until?: number };

/** Works on one action. Called again and again, in one server or the next, until it is done. @throws ActionFault */
export type Worker = (work: Work) => Promise<Outcome>;

/** An action under way, for its worker. */
export class Work {
  readonly calls: RoleCalls;
  readonly #scope: Scope;
  readonly #id: string;

  constructor(calls: RoleCalls, scope: Scope, id: string) {
    this.calls = calls;
    this.#scope = scope;
    this.#id = id;
  }

  get run(): Readonly<ActionRun> {
    return this.#scope.of(actionRuns).get(this.#id)!;
  }

  get execution(): Readonly<Execution> {
    const { pipeline, executionId } = this.run;
    return this.#scope.of(executions).get(executionKey(pipeline, executionId))!;
  }

  get declaration(): ActionDeclaration {
    const stages = declaredFor(this.#scope, this.execution).stages!;
    const stage = stages.find(({ name }) => name === this.run.stage)!;
    return stage.actions!.find(({ name }) => name === this.run.action)!;
  }

  get store(): ArtifactStore {
    return declaredFor(this.#scope, this.execution).artifactStore!;
  }

  get now(): number {
    return this.calls.caller.clock.now();
  }

  /** A property of the action's configuration; empty where it is not there. */
  setting(name: string): string {
    return this.run.resolved[name] ?? "";
  }

  /** Keeps what has been done, so that it is not done again. */
  remember(done: Readonly<Record<string, string>>, more: Partial<ActionRun> = {}): void {
    const { run } = this;
    this.calls.caller.cloud.record(() =>
      this.#scope
        .of(actionRuns)
        .patch(this.#id, { ...more, done: { ...run.done, ...done }, updatedAt: this.now }),
    );
  }

  /** @throws ActionFault where the action has no such input */
  input(name = this.run.inputs[0]?.name): ArtifactPlace {
    const found = this.run.inputs.find((it) => it.name === name);
    if (!found)
      throw new ActionFault(
        "ConfigurationError",
        `The action has no input artifact ${name ?? ""}.`,
      );
    return found;
  }

  /** A file of an input, or of the only one. @throws ActionFault */
  file(path: string, artifact?: string): Promise<string | undefined> {
    return readFileOf(this.calls, this.input(artifact), path);
  }

  /** Puts the action's one output where later actions find it. @throws ActionFault */
  async write(content: Uint8Array): Promise<void> {
    await writeArtifact(this.calls, this.store, this.run.outputs[0]!, content);
  }
}
