import type { Tier } from "../check.ts";
import { CheckRun } from "../deploy/check-run.ts";
import { QUIET } from "../deploy/reporter.ts";
import { writeMutant } from "../lab-copy.ts";
import type { Lab } from "../load-lab.ts";
import type { Mutation } from "../mutation.ts";
import { pollUntil } from "../poll.ts";
import { firstNotPassed, type CheckReport } from "../run-checks.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import type { Lane } from "./lane.ts";
import { deployInLane, planInLane } from "./lane-stacks.ts";
import { NotProved, prove } from "./proof.ts";

/**
 * How long a deployed mistake may take to show, milliseconds. A wrong health check is one of a service that is well
 * until as many checks have failed as the target group's threshold says.
 */
const SYMPTOM_MS = 60_000;

/** The report's first failure is the mutation's check, with its fault. @returns what that check saw */
export function proveCaught(
  report: CheckReport,
  { caughtBy, fault, says }: { caughtBy: string | readonly string[]; fault: string; says?: string },
): string {
  const catchers = [caughtBy].flat();
  const first = firstNotPassed(report);
  prove(first !== undefined, "no check notices");
  const seen = `${first.id} ${first.hint?.fault ?? first.status}: ${first.actual?.en}`;
  prove(
    catchers.includes(first.id) && first.hint?.fault === fault,
    `noticed by ${seen}; it should be ${catchers.join(" or ")} ${fault}`,
  );
  prove(
    says === undefined || first.actual?.en.includes(says) === true,
    `${first.id} does not say "${says}" but: ${first.actual?.en}`,
  );
  return seen;
}

/** Proves a mutation in a lane whose cloud has the lab's deployed solution. */
export async function proveInLane(
  lane: Lane,
  lab: Lab,
  mutation: Mutation,
  folder: string,
): Promise<string> {
  const variant = await writeMutant(lab, mutation, folder);
  const run = lane.run(lab, variant);
  const check = (tiers: readonly Tier[]) =>
    new CheckRun(run, { tiers, reporter: QUIET, plan: (each) => planInLane(each) }).start();
  const { tier = "synth", deployed, caughtBy, fault } = mutation;
  if (tier === "plan" && deployed === undefined)
    return proveCaught(await check(["synth", "plan"]), mutation);
  const { refused, dirty, says, release } = deployed ?? {};
  const stacks = await lane.changed({ lab, variant }, { lab, variant: "solution" });
  const services = release === false ? "leave" : "move";
  const deploy = () => deployInLane(run, { stacks, services });
  if (refused !== undefined) return proveRefused(deploy, refused);
  await deploy();
  const seen: string[] = [];
  if (dirty !== undefined) {
    const changes = (await planInLane(run)).effective;
    prove(
      changes.some(({ type }) => type === dirty),
      `a second plan does not change ${dirty}, but ${changes.map(({ address }) => address).join(", ") || "nothing"}`,
    );
    seen.push(`a second plan changes ${dirty}`);
  }
  // A mistake that the JSON shows as well is proved there already: here its symptom is looked for.
  const tiers: Tier[] = tier === "live" ? ["synth", "live"] : ["live"];
  if (tier === "live" || deployed?.caughtBy !== undefined) {
    const wanted = {
      caughtBy: deployed?.caughtBy ?? caughtBy,
      fault: deployed?.fault ?? fault,
      says,
    };
    const { last: report } = await pollUntil(
      () => check(tiers),
      (each) => firstNotPassed(each) !== undefined,
      { deadlineMs: SYMPTOM_MS, intervalMs: 500 },
    );
    seen.push(proveCaught(report, wanted));
  }
  if (seen.length === 0)
    throw new NotProved("it is to be deployed, but does not say what to look for then");
  return seen.join("; ");
}

async function proveRefused(deploy: () => Promise<unknown>, words: string): Promise<string> {
  try {
    await deploy();
  } catch (error) {
    if (!(error instanceof TerraformError)) throw error;
    // Terraform breaks lines where they are long.
    const said = error.message.replaceAll(/\s+/g, " ");
    prove(said.includes(words), `refused, but not with "${words}": ${said}`);
    return `refused: ${words}`;
  }
  throw new NotProved(`it is deployed; it should be refused with "${words}"`);
}
