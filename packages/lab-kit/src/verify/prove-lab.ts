import { CheckRun } from "../deploy/check-run.ts";
import type { LabRun } from "../deploy/lab-run.ts";
import { moveResources } from "../deploy/move-resources.ts";
import { QUIET } from "../deploy/reporter.ts";
import type { Lab } from "../load-lab.ts";
import type { PlanReader } from "../plan-reader.ts";
import { firstNotPassed } from "../run-checks.ts";
import type { Lane } from "./lane.ts";
import { deployInLane, destroyInLane, planInLane, type Planned } from "./lane-stacks.ts";
import { NotProved, prove } from "./proof.ts";

/** The cloud in which nothing was ever deployed. */
export const EMPTY = "empty";

/** What a task definition's new revision is to Terraform: the old one is replaced. A revision never changes. */
const REVISIONED = /aws_ecs_task_definition\./;

/** Deploys a lab's solution over what the lane has. @returns what that changed, in words */
export async function proveGrowth(lane: Lane, lab: Lab, below: Lab | undefined): Promise<string> {
  const deployed = below && { lab: below, variant: "solution" };
  const stacks = await lane.changed({ lab, variant: "solution" }, deployed);
  const options = { stacks, services: "move and wait" } as const;
  const run = lane.run(lab, "solution");
  const moves = below ? await moveResources(run, QUIET) : [];
  const planned = await deployInLane(run, options);
  const changes = planned.filter(({ action }) => action !== "no-op" && action !== "read");
  const isGone = ({ action, address }: Planned) =>
    (action === "delete" || action === "replace") && !REVISIONED.test(address);
  const gone = changes.filter(isGone).map(({ action, address }) => `${action} ${address}`);
  prove(gone.length === 0, `deployed over the chapter before, it would ${gone.join(", ")}`);
  const updated = changes.filter(({ action }) => action === "update");
  const inPlace = updated.map(({ address }) => address).join(", ") || "nothing";
  const moved = moves.length > 0 ? `; moved between states: ${moves.length}` : "";
  return `${changes.length - updated.length} added; changed in place: ${inPlace}${moved}`;
}

/** @throws {NotProved} where a plan would change something, or looks at nothing */
function describeEmpty(plan: PlanReader): string {
  const changes = plan.effective.map(({ address, actions }) => `${actions.join("+")} ${address}`);
  prove(changes.length === 0, `the plan is not empty: ${changes.join(", ")}`);
  prove(plan.changes.length > 0, "the plan names no resource at all");
  return `${plan.changes.length} resources looked at, nothing to change`;
}

/**
 * Plans a lab's variant over what the lane has. A stack that is, to Terraform, the one of the chapter below was planned
 * there already; the last stack is planned in any case.
 */
async function planOver(lane: Lane, run: LabRun, below: Lab | undefined): Promise<PlanReader> {
  const { lab, variant } = run.deployment;
  const deployed = below && { lab: below, variant: "solution" };
  const changed = await lane.changed({ lab, variant }, deployed);
  const last = (await run.stacks()).slice(-1).map(({ id }) => id);
  const first = changed.length > 0 ? changed : last;
  const plan = await planInLane(run, first);
  // A stack that nothing has been written into yet says nothing.
  return plan.changes.length > 0 ? plan : planInLane(run);
}

/**
 * What the learner starts from plans nothing over the chapter below. Where it is, to Terraform, that chapter's solution,
 * whose second plan was empty, there is nothing to plan.
 */
export async function proveStartPlan(lane: Lane, lab: Lab, below: Lab, isProved: boolean) {
  const deployed = { lab: below, variant: "solution" };
  const changed = await lane.changed({ lab, variant: "start" }, deployed);
  if (isProved && changed.length === 0)
    return `to Terraform the solution of ${below.id}, whose second plan is empty`;
  await lane.restore(below.id);
  return describeEmpty(await planOver(lane, lane.run(lab, "start"), below));
}

/** What the learner starts from fails at the check that the manifest names. */
export async function proveStart(lane: Lane, lab: Lab): Promise<string> {
  const report = await new CheckRun(lane.run(lab, "start"), {
    reporter: QUIET,
    plan: (run) => planInLane(run),
  }).start();
  const first = firstNotPassed(report);
  prove(first !== undefined, "passes every check");
  prove(
    first.id === lab.startFailsAt && first.status === "failed",
    `${first.id} ${first.status} instead of ${lab.startFailsAt}: ${first.actual?.en}`,
  );
  return `fails at ${first.id}: ${first.actual?.en}`;
}

/** The deployed solution passes every check. @returns what was seen, and the plan that the checks looked at */
export async function proveSolution(lane: Lane, lab: Lab, below: Lab | undefined) {
  let plan: PlanReader | undefined;
  const report = await new CheckRun(lane.run(lab, "solution"), {
    reporter: QUIET,
    plan: async (run) => (plan = await planOver(lane, run, below)),
  }).start();
  const first = firstNotPassed(report);
  prove(first === undefined, `${first?.id} ${first?.status}: ${first?.actual?.en}`);
  return { seen: `passes ${report.checks.length} checks`, plan };
}

/** A second plan over the deployed solution is empty. @param plan the one that its checks have made, where they have */
export async function proveSecondPlan(
  lane: Lane,
  lab: Lab,
  below: Lab | undefined,
  plan: PlanReader | undefined,
): Promise<string> {
  if (plan !== undefined) return describeEmpty(plan);
  await lane.restore(lab.id);
  return describeEmpty(await planOver(lane, lane.run(lab, "solution"), below));
}

/** Destroying leaves the account as it was, and no process. */
export async function proveDestroy(lane: Lane, lab: Lab, before: ReadonlySet<string>) {
  const had = (await lane.resources()).length;
  await destroyInLane(lane, lab);
  const after = await lane.resources();
  const left = after.filter((resource) => !before.has(resource));
  const missing = [...before].filter((resource) => !after.includes(resource));
  if (left.length > 0) throw new NotProved(`left: ${left.join(", ")}`);
  if (missing.length > 0) throw new NotProved(`took away as well: ${missing.join(", ")}`);
  prove(lane.runningTasks().length === 0, `tasks that run: ${lane.runningTasks().join(", ")}`);
  return `${had - after.length} resources gone, 0 left, 0 processes`;
}
