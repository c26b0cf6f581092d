import type { StartBuildCommandInput } from "@aws-sdk/client-codebuild";
import { startBuild } from "../../services/codebuild/start-build.ts";
import type { Delivery } from "../../services/events/state.ts";
import type { CallContext } from "../../services/service.ts";
import { requireRight } from "../acting-role.ts";

/**
 * Begins a build of the project that is a target. What it is sent may override what the project says, by the names that StartBuild
 * has for that; all else of an event is left aside.
 * @throws AwsError what StartBuild says
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
 */
export function startTargetBuild(
  caller: CallContext,
  { target, payload, sourceArn }: Delivery,
): void {
  const projectName = target.Arn!;
  requireRight(caller, "codebuild:StartBuild", projectName);
  const rule = sourceArn.slice(sourceArn.indexOf(":rule/") + 1);
  startBuild({ ...overridesIn(payload), projectName }, caller, { initiator: rule });
}

function overridesIn(payload: string): Partial<StartBuildCommandInput> {
  let given: unknown;
  try {
    given = JSON.parse(payload);
  } catch {
    return {}; // A text of the target's own, which says nothing of a build.
  }
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => name.endsWith("Override") || name === "sourceVersion"),
  );
}
