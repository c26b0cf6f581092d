import { createHash } from "node:crypto";
import { ActionFault, calling, roleLacks } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

const DAY_MS = 24 * 60 * 60_000;
/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const LONGEST_MS = 5 * DAY_MS;

/** What stands for the task definition in the AppSpec file. */
const TASK_DEFINITION = "<TASK_DEFINITION>";

/**
 * Registers the task definition of a template, and has CodeDeploy shift a service's traffic to it.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
 * @throws ActionFault
 */
export async function deployBlueGreen(work: Work): Promise<Outcome> {
  const until = work.run.startedAt + LONGEST_MS;
  if (work.run.done["deployment"] === undefined) await begin(work);
  const deploymentId = work.run.done["deployment"]!;
  const denied = roleLacks("AWS CodeDeploy deployment", deploymentId);
  const { deploymentInfo } = await calling(
    () => work.calls.call("codedeploy", "GetDeployment", { deploymentId }),
    denied,
  );
  const { status, errorInformation } = deploymentInfo ?? {};
  if (status === "Succeeded") return { kind: "done", summary: "Deployment Succeeded" };
  if (status === "Failed" || status === "Stopped")
    throw new ActionFault(
      "JobFailed",
      `Deployment ${deploymentId} ${status.toLowerCase()}: ${errorInformation?.message ?? ""}`,
    );
  if (work.now >= until)
    throw new ActionFault(
      "JobFailed",
      `Deployment ${deploymentId} did not complete within 5 days.`,
    );
  return { kind: "wait", until };
}

async function begin(work: Work): Promise<void> {
  const applicationName = work.setting("ApplicationName");
  const deploymentGroupName = work.setting("DeploymentGroupName");
  const definition = await template(work, "task definition", {
    artifact: work.setting("TaskDefinitionTemplateArtifact"),
    path: work.setting("TaskDefinitionTemplatePath") || "taskdef.json",
  });
  const appSpec = await template(work, "AppSpec", {
    artifact: work.setting("AppSpecTemplateArtifact"),
    path: work.setting("AppSpecTemplatePath") || "appspec.yaml",
  });
  const json = await withImages(work, definition);
  const { taskDefinition } = await calling(
    () => work.calls.callWithJson("ecs", "RegisterTaskDefinition", json),
    "The provided role does not have sufficient permissions to access ECS.",
  );
  const content = appSpec.replaceAll(TASK_DEFINITION, taskDefinition!.taskDefinitionArn!);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const { deploymentId } = await calling(
    () =>
      work.calls.call("codedeploy", "CreateDeployment", {
        applicationName,
        deploymentGroupName,
        revision: { revisionType: "AppSpecContent", appSpecContent: { content, sha256 } },
      }),
    roleLacks("AWS CodeDeploy deployment group named", deploymentGroupName),
  );
  work.remember({ deployment: deploymentId! }, { externalId: deploymentId! });
}

interface Template {
  readonly artifact: string;
  readonly path: string;
}

async function template(work: Work, what: string, { artifact, path }: Template): Promise<string> {
  const content = await work.file(path, artifact);
  if (content !== undefined) return content;
  // https://stackoverflow.com/questions/62022787 has it of the image artifact.
  throw new ActionFault(
    "ConfigurationError",
    `Exception while trying to read the ${what} artifact file from: ${artifact}`,
  );
}

/** Each image stands in the task definition as its placeholder, such as `<IMAGE1_NAME>`. */
async function withImages(work: Work, definition: string): Promise<string> {
  let filled = definition;
  for (const each of [1, 2, 3, 4]) {
    const artifact = work.setting(`Image${each}ArtifactName`);
    const placeholder = work.setting(`Image${each}ContainerName`);
    if (artifact === "" || placeholder === "") continue;
    const uri = uriIn(await work.file("imageDetail.json", artifact));
    if (uri === undefined)
      throw new ActionFault(
        "ConfigurationError",
        `Exception while trying to read the image artifact file from the artifact: ${artifact}.`,
      );
    filled = filled.replaceAll(`<${placeholder}>`, uri);
  }
  return filled;
}

function uriIn(detail: string | undefined): string | undefined {
  try {
    const { ImageURI } = JSON.parse(detail ?? "{}") as { ImageURI?: unknown };
    return typeof ImageURI === "string" ? ImageURI : undefined;
  } catch {
    return undefined;
  }
}
