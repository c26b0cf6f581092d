import {
  connectAws,
  createRequester,
  disconnectAws,
  PlanReader,
  runChecks,
  type CheckReport,
  type PushedImage,
  type Tier,
} from "@workbook/lab-kit";
import { whereTasksRun } from "@workbook/lab-kit/deploy/target";
import { isAwsItself } from "@workbook/lab-kit/deploy/docker-images";
import type { LabRun } from "@workbook/lab-kit/deploy/lab-run";
import { plan } from "@workbook/lab-kit/deploy/plan";
import { inStep } from "@workbook/lab-kit/deploy/reporter";
import { filesLike, publishReport } from "./learn/publish-report.ts";
import { formatCheck } from "./output/check-output.ts";
import type { Session } from "./session.ts";

/** What came of a lab's checks, and whose they are: what `check --json` prints. */
export type LabReport = CheckReport & { readonly owner: string };

/** Runs a lab's checks against the target, telling of each as it ends, and pages that watch of all when they have. */
export async function runLabChecks(
  session: Session,
  run: LabRun,
  tiers: readonly Tier[] = ["synth", "plan", "live"],
  keepGoing = false,
): Promise<LabReport> {
  const { lab, target, variant } = run.deployment;
  const files = filesLike(session.workspace, lab, variant);
  const report = await runTiers(session, run, tiers, keepGoing);
  if (target.name === "local")
    await publishReport(session.workspace, lab, { checks: report.checks, files });
  const { version, ...rest } = report;
  return { version, owner: target.owner, ...rest };
}

async function runTiers(
  session: Session,
  run: LabRun,
  tiers: readonly Tier[],
  keepGoing: boolean,
): Promise<CheckReport> {
  const { lab, target, signal } = run.deployment;
  const { owner, region, homeCidr } = target;
  const aws = await connectAws(target.connection);
  try {
    const synth = async () => {
      if (lab.stacks.includes("service")) await buildReadable(session, run);
      return { owner, region, homeCidr, synth: (await run.synthesised()).reader };
    };
    const planned = async () => ({
      ...(await synth()),
      plan: PlanReader.together(Object.values(await plan(run, session.progress))),
    });
    const live = async () => ({
      ...(await synth()),
      aws,
      images: await buildImages(session, run),
      imagesAreDockers: isAwsItself(target),
      request: createRequester(target.effectiveAddress),
      ...whereTasksRun(target),
    });
    return await runChecks({
      lab: lab.id,
      target: target.name,
      checks: lab.checks,
      contexts: {
        ...(tiers.includes("synth") && { synth }),
        ...(tiers.includes("plan") && { plan: planned }),
        ...(tiers.includes("live") && { live }),
      },
      keepGoing,
      signal,
      onEnd: (entry) => session.progress.print(formatCheck(entry, session.language)),
    });
  } finally {
    disconnectAws(aws);
    await run.settled();
  }
}

/** Builds a lab's images; what is wrong with the program is said before they are waited for, and ends that. */
async function buildReadable(session: Session, run: LabRun): Promise<void> {
  if (run.isBuilt) return;
  const built = run.built();
  try {
    await run.requireReadable();
  } catch (error) {
    run.giveUp();
    await Promise.allSettled([built]);
    throw error;
  }
  await buildImages(session, run);
}

/** Builds a lab's images, once a command, and names them as they are in those repositories that exist; the first build takes a while. */
function buildImages({ progress }: Session, run: LabRun): Promise<readonly PushedImage[]> {
  if (run.isBuilt) return run.inRepositories();
  return inStep(progress, ["Images", "イメージ"], async (step) => {
    run.follow((text) => step.detail(text));
    const built = await run.built();
    const summary = built.map(({ app, image }) => `${app.container} ${image.contentTag}`);
    return { summary: summary.join(", ") || ["none", "なし"], value: await run.inRepositories() };
  });
}
