import { AwsError } from "../../protocol/aws-error.ts";
import { declaredFor, executionKey, pipelineArn } from "../../services/codepipeline/find.ts";
import {
  actionRuns,
  executions,
  type ActionRun,
  type Execution,
} from "../../services/codepipeline/state.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import { assumed } from "../acting-role.ts";
import { ActionFault } from "./action-fault.ts";
import { RoleCalls, type CallTools } from "./role-calls.ts";
import { Work, type Outcome } from "./work.ts";
import { workerOf } from "./workers/workers.ts";

/**
 * Has an action's worker look at it, and writes down what became of it.
 * @returns until when nothing has to be looked at unless something changes, in milliseconds since the epoch; undefined where it
 * is done
 */
export async function takeStep(
  context: EngineContext,
  tools: CallTools,
  scope: Scope,
  id: string,
): Promise<number | undefined> {
  const isRunning = () => scope.of(actionRuns).get(id)?.status === "InProgress";
  if (!isRunning()) return undefined;
  const { store, clock } = context;
  try {
    const work = new Work(callsOf(context, tools, scope, id), scope, id);
    const outcome = await workerOf(work)(work);
    if (outcome.kind === "wait") return outcome.until ?? Infinity;
    // What was abandoned or deleted meanwhile stays so.
    if (isRunning()) store.record(() => succeed(scope, id, outcome, clock.now()));
  } catch (error) {
    // One that is gone, with its pipeline, has nothing left to fail.
    if (!isRunning()) return undefined;
    const { code, message } = toFault(context, id, error);
    store.record(() =>
      scope.of(actionRuns).patch(id, {
        status: "Failed",
        updatedAt: clock.now(),
        error: { code, message },
      }),
    );
  }
  return undefined;
}

function toFault({ logger }: EngineContext, id: string, error: unknown): ActionFault {
  if (error instanceof ActionFault) return error;
  if (error instanceof AwsError) return new ActionFault("ConfigurationError", error.message, error);
  logger.error(`the action ${id} failed`, error);
  return new ActionFault("SystemUnavailable", "There was an internal error.", error);
}

/** By the role of the pipeline, or by that of the action, which the pipeline's takes on. @throws ActionFault */
function callsOf(context: EngineContext, tools: CallTools, scope: Scope, id: string): RoleCalls {
  const run = scope.of(actionRuns).get(id)!;
  const execution = executionOf(scope, run);
  const { roleArn } = declaredFor(scope, execution);
  const session = String(run.startedAt);
  const service = "codepipeline.amazonaws.com";
  const sourceArn = pipelineArn(scope, run.pipeline);
  let named = roleArn!;
  try {
    const calls = new RoleCalls(
      assumed(context, scope, { service, roleArn: named, sourceArn, session }),
      tools,
    );
    const own = new Work(calls, scope, id).declaration.roleArn;
    if (own === undefined) return calls;
    named = own;
    return calls.assuming(own, session);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new ActionFault(
      "PermissionError",
      `The role ${named} cannot be assumed: ${error.message}`,
      error,
    );
  }
}

const executionOf = (scope: Scope, { pipeline, executionId }: ActionRun): Readonly<Execution> =>
  scope.of(executions).get(executionKey(pipeline, executionId))!;

/** What an action has made is there for those after it. */
function succeed(
  scope: Scope,
  id: string,
  { variables = {}, summary, revision }: Outcome & { kind: "done" },
  now: number,
): void {
  const run = scope.of(actionRuns).get(id)!;
  const execution = executionOf(scope, run);
  const { namespace } = declaredFor(scope, execution)
    .stages!.flatMap(({ name, actions }) => (name === run.stage ? actions! : []))
    .find(({ name }) => name === run.action)!;
  const made = run.outputs.map(({ name, bucket, key }) => [name, { bucket, key }] as const);
  const found = revision && {
    actionName: run.action,
    artifact: run.outputs[0]?.name ?? "",
    ...revision,
  };
  scope.of(executions).patch(executionKey(run.pipeline, execution.id), {
    updatedAt: now,
    artifacts: { ...execution.artifacts, ...Object.fromEntries(made) },
    ...(namespace !== undefined && {
      outputs: { ...execution.outputs, [namespace]: variables },
    }),
    ...(found && {
      revisions: [
        ...execution.revisions.filter(({ actionName }) => actionName !== run.action),
        found,
      ],
    }),
  });
  scope.of(actionRuns).patch(id, {
    status: "Succeeded",
    updatedAt: now,
    variables,
    ...(summary !== undefined && { summary }),
    ...(found && { externalId: found.id, summary: found.summary ?? summary ?? "" }),
  });
}
