import { mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import type { Tier } from "../check.ts";
import { nameApps } from "../deploy/images.ts";
import type { Deployment } from "../deploy/stack.ts";
import { whereTasksRun } from "../deploy/target.ts";
import type { PlanReader } from "../plan-reader.ts";
import { createRequester } from "../http-request.ts";
import { connectAws, disconnectAws } from "../live.ts";
import { runChecks, type CheckReport } from "../run-checks.ts";
import { synthesise } from "../synth.ts";
import type { Lane } from "./lane.ts";
import { namedImages, planInLane } from "./lane-stacks.ts";

/**
 * Runs the checks of these tiers against a lane's cloud, up to the first that does not pass.
 *
 * @param planned plans for the checks that want one: every stack unless told
 */
export async function checkInLane(
  lane: Lane,
  deployment: Deployment,
  tiers: readonly Tier[],
  planned: () => Promise<PlanReader> = () => planInLane(lane, deployment),
): Promise<CheckReport> {
  const { lab, target, variant, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  await using scratch = await mkdtempDisposable(join(tmpdir(), "verify-synth-"));
  const aws = await connectAws(target.connection);
  try {
    const images = await namedImages(lane, deployment);
    const settings = { owner, region, homeCidr, endpointUrl };
    const labDirectory = lab.directory;
    const outDirectory = scratch.path;
    const options = { labDirectory, variant, settings, images, outDirectory, signal };
    let synthesised: ReturnType<typeof synthesise> | undefined;
    const synth = async () => {
      synthesised ??= (deployment.synthesise ?? synthesise)(options);
      return { owner, region, homeCidr, synth: await synthesised };
    };
    const plan = async () => ({ ...(await synth()), plan: await planned() });
    const live = async () => ({
      ...(await synth()),
      aws,
      images: await nameApps(deployment, await lane.build(deployment)),
      request: createRequester(target.effectiveAddress),
      ...whereTasksRun(target),
    });
    const contexts = {
      ...(tiers.includes("synth") && { synth }),
      ...(tiers.includes("plan") && { plan }),
      ...(tiers.includes("live") && { live }),
    };
    return await runChecks({ lab: lab.id, target: target.name, checks: lab.checks, contexts });
  } finally {
    disconnectAws(aws);
  }
}

/** The first check that did not pass; undefined where all did. */
export function firstNotPassed(report: CheckReport): CheckReport["checks"][number] | undefined {
  return report.checks.find(({ status }) => status !== "passed");
}
