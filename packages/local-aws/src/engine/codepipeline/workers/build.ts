import type { Build, EnvironmentVariable } from "@aws-sdk/client-codebuild";
import { startBuild } from "../../../services/codebuild/start-build.ts";
import { ActionFault, calling, roleLacks } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

const HOUR_MS = 60 * 60_000;
/** A build ends by itself before that. https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
const LONGEST_MS = 45 * HOUR_MS;

/**
 * Has CodeBuild build the action's inputs, and waits for what it makes of them. The artifacts are the project's role's to fetch
 * and to put.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 * @throws ActionFault
 */
export async function build(work: Work): Promise<Outcome> {
  const project = work.setting("ProjectName");
  const denied = roleLacks("AWS CodeBuild project named", project);
  if (work.run.done["build"] === undefined) await calling(() => begin(work, project), denied);
  const id = work.run.done["build"]!;
  const { builds = [] } = await calling(
    () => work.calls.call("codebuild", "BatchGetBuilds", { ids: [id] }),
    denied,
  );
  const [found] = builds;
  if (!found) throw new ActionFault("JobFailed", `The build ${id} has been deleted.`);
  if (found.buildStatus === "SUCCEEDED") return { kind: "done", variables: variablesOf(found) };
  if (found.buildStatus !== "IN_PROGRESS") throw new ActionFault("JobFailed", whyOf(found));
  const log = found.logs?.cloudWatchLogsArn;
  if (log !== undefined && work.run.logStreamArn === undefined)
    work.remember({}, { logStreamArn: log });
  return { kind: "wait", until: work.run.startedAt + LONGEST_MS };
}

async function begin(work: Work, projectName: string): Promise<void> {
  const { run, calls } = work;
  const primary = work.setting("PrimarySource") || run.inputs[0]!.name;
  const { bucket, key } = work.input(primary);
  const others = run.inputs.filter(({ name }) => name !== primary);
  const outputs = run.outputs.map((place) => artifactOf(place, run.outputs.length > 1));
  const { id } = work.store.encryptionKey ?? {};
  const input = {
    projectName,
    sourceTypeOverride: "CODEPIPELINE" as const,
    sourceVersion: `arn:aws:s3:::${bucket}/${key}`,
    secondarySourcesOverride: others.map((place) => ({
      type: "S3" as const,
      location: `${place.bucket}/${place.key}`,
      sourceIdentifier: place.name,
    })),
    artifactsOverride: outputs.length === 1 ? outputs[0]! : { type: "CODEPIPELINE" as const },
    secondaryArtifactsOverride: outputs.length > 1 ? outputs : [],
    environmentVariablesOverride: environmentOf(work.setting("EnvironmentVariables")),
    ...(id !== undefined && { encryptionKeyOverride: id }),
  };
  const caller = await calls.check("codebuild", "StartBuild", input);
  const by = { initiator: `codepipeline/${run.pipeline}`, revision: revisionOf(work, primary) };
  const begun = caller.cloud.transaction(() => startBuild(input, caller, by));
  work.remember({ build: begun.id }, { externalId: begun.id });
}

/** What the source is a revision of: that of the source action which has made it, or of the only one. */
function revisionOf({ execution: { revisions } }: Work, primary: string): string | undefined {
  const own = revisions.find(({ artifact }) => artifact === primary);
  return (own ?? (revisions.length === 1 ? revisions[0] : undefined))?.id;
}

/** Where CodeBuild is to put an output: under the key that the pipeline has for it. */
function artifactOf(
  { name, bucket, key }: { readonly name: string; readonly bucket: string; readonly key: string },
  isOneOfSeveral: boolean,
) {
  const at = key.lastIndexOf("/");
  return {
    type: "CODEPIPELINE",
    location: bucket,
    path: key.slice(0, at),
    name: key.slice(at + 1),
    packaging: "ZIP",
    ...(isOneOfSeveral && { artifactIdentifier: name }),
  } as const;
}

type Variable = { name: string; value: string } & Pick<EnvironmentVariable, "type">;

/** @throws ActionFault where it is no list of variables */
function environmentOf(text: string): Variable[] {
  if (text === "") return [];
  try {
    const given = JSON.parse(text) as readonly Partial<Variable>[];
    return given.map(({ name = "", value = "", type = "PLAINTEXT" }) => ({ name, value, type }));
  } catch (error) {
    throw new ActionFault(
      "ConfigurationError",
      "The configuration EnvironmentVariables is not a JSON array of environment variables.",
      error,
    );
  }
}

const variablesOf = ({ exportedEnvironmentVariables = [] }: Build) =>
  Object.fromEntries(exportedEnvironmentVariables.map(({ name, value }) => [name!, value ?? ""]));

/** Which phase failed, as CodeBuild has it of its contexts. */
function whyOf({ buildStatus, phases = [] }: Build): string {
  const failed = phases.find(
    ({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== "SUCCEEDED",
  );
  const { statusCode, message } = failed?.contexts?.find((it) => it.message) ?? {};
  const ended = `Build terminated with state: ${buildStatus}`;
  if (message === undefined) return ended;
  return `${ended}. Phase: ${failed!.phaseType}, Code: ${statusCode}, Message: ${message}`;
}
