import { mkdtempDisposable } from "node:fs/promises";
import { join } from "node:path";
import {
  connectAws,
  createRequester,
  disconnectAws,
  PlanReader,
  runChecks,
  synthesise,
  type CheckReport,
  type PushedImage,
  type Tier,
} from "@workbook/lab-kit";
import { isAwsItself } from "@workbook/lab-kit/deploy/docker-images";
import { buildApps, nameApps } from "@workbook/lab-kit/deploy/images";
import { plan } from "@workbook/lab-kit/deploy/plan";
import { inStep } from "@workbook/lab-kit/deploy/reporter";
import type { Deployment } from "@workbook/lab-kit/deploy/stack";
import { filesLike, publishReport } from "./learn/publish-report.ts";
import { formatCheck } from "./output/check-output.ts";
import type { Session } from "./session.ts";

/**
 * The images of a lab's apps, or what builds them: that takes seconds the first time, so it is not done before checks that
 * need no image have passed.
 */
type Images = readonly PushedImage[] | (() => Promise<readonly PushedImage[]>);

/** What came of a lab's checks, and whose they are: what `check --json` prints. */
export type LabReport = CheckReport & { readonly owner: string };

/** Runs a lab's checks against the target, telling of each as it ends, and pages that watch of all when they have. */
export async function runLabChecks(
  session: Session,
  deployment: Deployment,
  images: Images,
  tiers: readonly Tier[] = ["synth", "plan", "live"],
  keepGoing = false,
): Promise<LabReport> {
  const { lab, target, variant } = deployment;
  const files = filesLike(session.workspace, lab, variant);
  const report = await runTiers(session, deployment, images, tiers, keepGoing);
  if (target.name === "local")
    await publishReport(session.workspace, lab, { checks: report.checks, files });
  const { version, ...rest } = report;
  return { version, owner: target.owner, ...rest };
}

async function runTiers(
  session: Session,
  deployment: Deployment,
  images: Images,
  tiers: readonly Tier[],
  keepGoing: boolean,
): Promise<CheckReport> {
  const { lab, target, variant, directories, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  await using scratch = await mkdtempDisposable(join(directories.state, "synth-"));
  const aws = await connectAws(target.connection);
  try {
    const settings = { owner, region, homeCidr, endpointUrl };
    const pushed = once(typeof images === "function" ? images : async () => images);
    const named = withAllNamed(deployment, typeof images === "function" ? [] : images);
    let synthesised: ReturnType<typeof synthesise> | undefined;
    const synth = async () => {
      synthesised ??= synthesise({
        labDirectory: lab.directory,
        variant,
        settings,
        images: named,
        outDirectory: scratch.path,
        signal,
      });
      return { owner, region, homeCidr, synth: await synthesised };
    };
    const planned = async () => ({
      ...(await synth()),
      plan: PlanReader.together(Object.values(await plan(deployment, session.progress))),
    });
    const live = async () => ({
      ...(await synth()),
      aws,
      images: await pushed(),
      imagesAreDockers: isAwsItself(target),
      request: createRequester(target.effectiveAddress),
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
  }
}

/** Builds a lab's images and names them as they are in those repositories that exist; the first build takes a while. */
export function builtImages(
  { progress }: Session,
  deployment: Deployment,
): Promise<readonly PushedImage[]> {
  return inStep(progress, "Images", async (step) => {
    step.detail("building");
    const built = await buildApps(deployment, (text) => step.detail(text));
    const summary = built.map(({ app, image }) => `${app.container} ${image.contentTag}`);
    return { summary: summary.join(", ") || "none", value: await nameApps(deployment, built) };
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Stacks can be read before their images can be pushed: those without a repository yet get the name they will have. */
function withAllNamed(
  { lab, target }: Deployment,
  images: readonly PushedImage[],
): readonly PushedImage[] {
  return lab.apps.map(
    (app) =>
      images.find((each) => each.app.container === app.container) ?? {
        app,
        image: `${app.repository}-${target.owner}:not-pushed`,
      },
  );
}
