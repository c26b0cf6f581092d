/** The door of whoever deploys and proves labs: what is behind it takes a while to load. */
import type { VerifyOptions, VerifyReport } from "./verify/verify.ts";

export { askAccount, type AwsAccount } from "./aws-account.ts";
export { CheckRun } from "./deploy/check-run.ts";
export { deploy } from "./deploy/deploy.ts";
export { type DeployedStack, deployedStacks } from "./deploy/deployed-stacks.ts";
export { destroy } from "./deploy/destroy.ts";
export { exclusively } from "./deploy/exclusive.ts";
export { baseRegistries, buildApp, type UsedBase } from "./deploy/images.ts";
export { LabRun } from "./deploy/lab-run.ts";
export { describeMoves, moveState } from "./deploy/move-resources.ts";
export { plan } from "./deploy/plan.ts";
export { leftAtWork, rollBackCutOff } from "./deploy/roll-back.ts";
export { type Deployment, stackDirectory, type StackId, stacksWorkedOn } from "./deploy/stack.ts";
export { ensureStateBucket } from "./deploy/state-bucket.ts";
export { diagnoseStates } from "./diagnosis/states.ts";
export { findLeftovers, type Leftover } from "./leftovers.ts";
export type { TerraformEvent } from "./terraform/events.ts";
export { type LaneTurn, ORDINARY_TURN } from "./terraform/run-command.ts";
export type { LaneCloud } from "./verify/lane.ts";
export type { Proof, ProofKind } from "./verify/proof.ts";
export type { VerifyReport };

/** Proves labs both ways against clouds of its own, and leaves nothing of them. Local AWS itself is loaded for it. */
export async function verify(options: VerifyOptions): Promise<VerifyReport> {
  return (await import("./verify/verify.ts")).verify(options);
}
