import type { Lab } from "../load-lab.ts";
import { checkInLane, firstNotPassed } from "./check-in-lane.ts";
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
  const planned = await deployInLane(lane, lane.deployment(lab, "solution"), options);
  const changes = planned.filter(({ action }) => action !== "no-op" && action !== "read");
  const isGone = ({ action, address }: Planned) =>
    (action === "delete" || action === "replace") && !REVISIONED.test(address);
  const gone = changes.filter(isGone).map(({ action, address }) => `${action} ${address}`);
  prove(gone.length === 0, `deployed over the chapter before, it would ${gone.join(", ")}`);
  const updated = changes.filter(({ action }) => action === "update");
  const inPlace = updated.map(({ address }) => address).join(", ") || "nothing";
  return `${changes.length - updated.length} added; changed in place: ${inPlace}`;
}

/**
 * The plan of a lab's variant over what the lane has is empty. A stack that is, to Terraform, the one of the chapter
 * below was planned there already; the last stack is planned in any case.
 */
export async function proveEmptyPlan(
  lane: Lane,
  lab: Lab,
  variant: string,
  below: Lab | undefined,
): Promise<string> {
  const changed = await lane.changed(
    { lab, variant },
    below && { lab: below, variant: "solution" },
  );
  const deployment = lane.deployment(lab, variant);
  const first = changed.length > 0 ? changed : lab.stacks.slice(-1);
  let plan = await planInLane(lane, deployment, first);
  // A stack that nothing has been written into yet says nothing.
  if (plan.changes.length === 0) plan = await planInLane(lane, deployment);
  const changes = plan.effective.map(({ address, actions }) => `${actions.join("+")} ${address}`);
  prove(changes.length === 0, `the plan is not empty: ${changes.join(", ")}`);
  prove(plan.changes.length > 0, "the plan names no resource at all");
  return `${plan.changes.length} resources looked at, nothing to change`;
}

/** What the learner starts from fails at the check that the manifest names. */
export async function proveStart(lane: Lane, lab: Lab): Promise<string> {
  const report = await checkInLane(lane, lane.deployment(lab, "start"), ["synth", "plan", "live"]);
  const first = firstNotPassed(report);
  prove(first !== undefined, "passes every check");
  prove(
    first.id === lab.startFailsAt && first.status === "failed",
    `${first.id} ${first.status} instead of ${lab.startFailsAt}: ${first.actual}`,
  );
  return `fails at ${first.id}: ${first.actual}`;
}

/** The deployed solution passes every check. */
export async function proveSolution(lane: Lane, lab: Lab): Promise<string> {
  const report = await checkInLane(lane, lane.deployment(lab, "solution"), [
    "synth",
    "plan",
    "live",
  ]);
  const first = firstNotPassed(report);
  prove(first === undefined, `${first?.id} ${first?.status}: ${first?.actual}`);
  return `passes ${report.checks.length} checks`;
}

/** Destroying leaves the account as it was, and no process. */
export async function proveDestroy(lane: Lane, lab: Lab, before: ReadonlySet<string>) {
  const had = (await lane.resources()).length;
  await destroyInLane(lane.deployment(lab, "solution"));
  const after = await lane.resources();
  const left = after.filter((resource) => !before.has(resource));
  const missing = [...before].filter((resource) => !after.includes(resource));
  if (left.length > 0) throw new NotProved(`left: ${left.join(", ")}`);
  if (missing.length > 0) throw new NotProved(`took away as well: ${missing.join(", ")}`);
  prove(lane.runningTasks().length === 0, `tasks that run: ${lane.runningTasks().join(", ")}`);
  return `${had - after.length} resources gone, 0 left, 0 processes`;
}
