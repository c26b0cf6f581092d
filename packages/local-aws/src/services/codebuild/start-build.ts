import { randomUUID } from "node:crypto";
import type * as Sdk from "@aws-sdk/client-codebuild";
import type { CallContext } from "../service.ts";
import { invalidInput, tooManyBuilds } from "./faults.ts";
import { needBuild, needProject } from "./find.ts";
import { withOverrides } from "./overrides.ts";
import { builds, isActive, projects, type BuildSettings, type StoredBuild } from "./state.ts";

/** For how long a token stands for the build that it began. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StartBuild.html */
const TOKEN_MS = 5 * 60_000;

/** On whose behalf a service begins a build. */
interface OnBehalf {
  /** Such as `codepipeline/web`. */
  readonly initiator: string;
  /** What a pipeline's source action has found, such as a commit: the build has the source as an object of S3. */
  readonly revision?: string | undefined;
}

/**
 * Begins a build of a project.
 * @param by absent where the caller begins it
 * @throws AwsError
 */
export function startBuild(
  input: Sdk.StartBuildCommandInput,
  context: CallContext,
  by: OnBehalf = { initiator: initiatorOf(context) },
): Readonly<StoredBuild> {
  const { store } = context;
  const { projectName = "", idempotencyToken, ...overrides } = input;
  const project = needProject(store, projectName);
  const token = idempotencyToken && {
    value: idempotencyToken,
    input: JSON.stringify({ ...overrides, projectName: project.name }),
  };
  const known = token && beganBy(context, token);
  if (known) return known;
  const settings = withOverrides(project.settings, overrides, { project: project.name, context });
  if (settings.source.type === "CODEPIPELINE" && !settings.sourceVersion)
    throw invalidInput(
      "Invalid source: builds of a project with the source type CODEPIPELINE are started by AWS CodePipeline",
    );
  return newBuild(context, project.name, { settings, ...by, token: token || undefined });
}

/** What a build that is begun anew takes over. */
interface NewBuild extends OnBehalf {
  readonly settings: BuildSettings;
  readonly token?: StoredBuild["token"] | undefined;
  readonly retry?: StoredBuild["retry"];
}

/** @throws AwsError `AccountLimitExceededException` where as many run as the project lets */
function newBuild(
  context: Pick<CallContext, "store" | "clock">,
  projectName: string,
  { settings, initiator, revision, token, retry = { number: 0 } }: NewBuild,
): Readonly<StoredBuild> {
  const { store, clock } = context;
  const { name, concurrentBuildLimit, lastNumber } = needProject(store, projectName);
  const active = store.of(builds).filter((it) => it.projectName === name && isActive(it));
  if (concurrentBuildLimit !== undefined && active.length >= concurrentBuildLimit)
    throw tooManyBuilds(concurrentBuildLimit);
  const now = clock.now();
  const build: StoredBuild = {
    id: `${name}:${randomUUID()}`,
    projectName: name,
    number: lastNumber + 1,
    settings,
    initiator,
    status: "IN_PROGRESS",
    createdAt: now,
    phases: [
      { type: "SUBMITTED", startedAt: now, endedAt: now, status: "SUCCEEDED", contexts: [] },
      { type: "QUEUED", startedAt: now, contexts: [] },
    ],
    ...(revision !== undefined && { resolvedSourceVersion: revision }),
    exported: [],
    written: {},
    ...(token && { token }),
    retry,
  };
  store.of(projects).patch(name, { lastNumber: build.number });
  store.of(builds).put(build.id, build);
  return build;
}

/** Begins a build once more, as it was. @throws AwsError */
export function retryBuild(
  { id = "", idempotencyToken }: Sdk.RetryBuildCommandInput,
  context: CallContext,
): Readonly<StoredBuild> {
  const before = needBuild(context.store, id);
  if (isActive(before))
    throw invalidInput(`Build ${before.id} is in progress and cannot be retried`);
  const token = idempotencyToken && {
    value: idempotencyToken,
    input: JSON.stringify({ retry: before.id }),
  };
  const known = token && beganBy(context, token);
  if (known) return known;
  const { settings, projectName, resolvedSourceVersion: revision } = before;
  const initiator = initiatorOf(context);
  return newBuild(context, projectName, {
    settings,
    initiator,
    revision,
    token: token || undefined,
  });
}

/** What a build that failed is followed by, where its project says so. */
export function retryByItself(
  context: Pick<CallContext, "store" | "clock">,
  failed: Readonly<StoredBuild>,
): void {
  const { id, settings, initiator, retry, projectName, resolvedSourceVersion: revision } = failed;
  if (retry.number >= settings.autoRetryLimit || !context.store.of(projects).has(projectName))
    return;
  const next = newBuild(context, projectName, {
    settings,
    initiator,
    revision,
    retry: { number: retry.number + 1, previous: id },
  });
  context.store.of(builds).patch(id, { retry: { ...retry, next: next.id } });
}

/** Asks for a build's end; one that has ended stays as it is. @throws AwsError `ResourceNotFoundException` */
export function stopBuild(
  id: string,
  { store, clock }: Pick<CallContext, "store" | "clock">,
): Readonly<StoredBuild> {
  const build = needBuild(store, id);
  if (isActive(build) && build.stopAskedAt === undefined)
    store.of(builds).patch(build.id, { stopAskedAt: clock.now() });
  return needBuild(store, id);
}

function beganBy(
  { store, clock }: CallContext,
  token: NonNullable<StoredBuild["token"]>,
): Readonly<StoredBuild> | undefined {
  const since = clock.now() - TOKEN_MS;
  const found = store
    .of(builds)
    .find((build) => build.token?.value === token.value && build.createdAt > since);
  if (found && found.token?.input !== token.input)
    throw invalidInput("The idempotency token was given with other parameters before");
  return found;
}

/** The name of a user or of a role's session. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
function initiatorOf({ principal }: CallContext): string {
  const [, role] = /:assumed-role\/(.+)$/.exec(principal.arn) ?? [];
  return role ?? principal.arn.slice(principal.arn.search(/[/:][^/:]*$/) + 1);
}
