import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tier } from "../check.ts";
import { copyLab } from "../lab-copy.ts";
import type { Lab } from "../load-lab.ts";
import { mutate, type Mutation } from "../mutation.ts";
import type { CheckReport } from "../run-checks.ts";
import { TerraformError } from "../terraform/terraform-error.ts";
import { checkInLane, firstNotPassed } from "./check-in-lane.ts";
import type { Lane } from "./lane.ts";
import { deployInLane, planInLane } from "./lane-stacks.ts";
import { NotProved, prove } from "./proof.ts";

/** The solution with one mutation in it, in a folder of its own. @returns the path of its `stack.ts` */
export async function writeMutant(lab: Lab, mutation: Mutation, folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  const stack = await copyLab(lab, "solution", folder);
  const file = join(folder, mutation.file);
  await writeFile(file, mutate(await readFile(file, "utf8"), mutation));
  return stack;
}

/** The report's first failure is the mutation's check, with its fault. @returns what that check saw */
export function proveCaught(
  report: CheckReport,
  { caughtBy, fault, says }: { caughtBy: string; fault: string; says?: string },
): string {
  const first = firstNotPassed(report);
  prove(first !== undefined, "no check notices");
  const seen = `${first.id} ${first.hint?.fault ?? first.status}: ${first.actual?.en}`;
  prove(
    first.id === caughtBy && first.hint?.fault === fault,
    `noticed by ${seen}; it should be ${caughtBy} ${fault}`,
  );
  prove(
    says === undefined || first.actual?.en.includes(says) === true,
    `${caughtBy} does not say "${says}" but: ${first.actual?.en}`,
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
  const deployment = lane.deployment(lab, variant);
  const { tier = "synth", deployed, caughtBy, fault } = mutation;
  if (tier === "plan" && deployed === undefined)
    return proveCaught(await checkInLane(lane, deployment, ["synth", "plan"]), mutation);
  const { refused, dirty, says, release } = deployed ?? {};
  const stacks = await lane.changed({ lab, variant }, { lab, variant: "solution" });
  const services = release === false ? "leave" : "move";
  const deploy = () => deployInLane(lane, deployment, { stacks, services });
  if (refused !== undefined) return proveRefused(deploy, refused);
  await deploy();
  const seen: string[] = [];
  if (dirty !== undefined) {
    const changes = (await planInLane(lane, deployment)).effective;
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
    seen.push(proveCaught(await checkInLane(lane, deployment, tiers), wanted));
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
