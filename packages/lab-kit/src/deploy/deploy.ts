import { list, type Words } from "@workbook/toolchain";
import { requireTypes } from "../program/read-program.ts";
import type { PushedImage } from "../synth.ts";
import type { Changes } from "../terraform/terraform.ts";
import { applyStacks } from "./apply-stacks.ts";
import { exclusively } from "./exclusive.ts";
import type { LabRun } from "./lab-run.ts";
import { moveResources, requireNothingToMove } from "./move-resources.ts";
import { moveServices, releaseServices, type Release } from "./release.ts";
import { inStep, type DeployReporter } from "./reporter.ts";
import { rollBackCutOff } from "./roll-back.ts";
import type { Deployment, StackId } from "./stack.ts";

/** What a deployment came to. */
export interface Deployed {
  readonly changes: Readonly<Record<StackId, Changes>>;
  readonly images: readonly PushedImage[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly releases: readonly Release[];
}

/**
 * Deploys a lab: applies the `images` stack, builds and pushes the images, applies the other stacks, each behind those that it
 * needs, then moves each service to its newest revision and waits for it.
 *
 * @param waits whether services are waited for; one that is broken on purpose never becomes steady
 * @param moves whether what stands in the state of another stack than the program says is moved; else that is refused
 * @throws {SynthesisError} where the stack does not compile
 * @throws {UserError} where something stands in the state of another stack, and would be destroyed and made again
 * @throws {TerraformError} where Terraform or the cloud says no
 * @throws {ReleaseError} where a service does not become steady
 */
export async function deploy(
  run: LabRun,
  reporter: DeployReporter,
  { moves = false, waits = true }: { readonly moves?: boolean; readonly waits?: boolean } = {},
): Promise<Deployed> {
  const { deployment } = run;
  await requireTypes(deployment.variant);
  return exclusively(
    deployment,
    reporter,
    [`deploy of lab ${deployment.lab.id}`, `ラボ ${deployment.lab.id} の deploy`],
    async () => {
      await rollBackCutOff(deployment, reporter);
      try {
        // Images are built while Terraform makes the repositories.
        void run.built();
        await inStep(reporter, ["State bucket", "ステートのバケット"], async () => {
          const name = await run.bucket();
          return { summary: name, value: name };
        });
        const applied = await applyStacks(run, reporter, () =>
          moves ? moveResources(run, reporter) : requireNothingToMove(run),
        );
        return {
          ...applied,
          releases: await release(deployment, reporter, applied.outputs, waits),
        };
      } finally {
        await run.settled();
      }
    },
  );
}

const NO_SERVICES = ["no services", "サービスはありません"] as const;
async function release(
  { target, signal }: Deployment,
  reporter: DeployReporter,
  outputs: Readonly<Record<string, unknown>>,
  waits: boolean,
): Promise<Release[]> {
  const cluster = outputs["cluster_name"];
  if (typeof cluster !== "string") return [];
  return inStep(reporter, ["Deploy", "デプロイ"], async (step) => {
    const tell = (what: Words) => step.detail(what);
    const releases = waits
      ? await releaseServices(target, cluster, tell, signal)
      : await moveServices(target, cluster, tell);
    const summary = releases.map(({ service, from, to, moved }) =>
      moved ? `${service} ${from} → ${to}` : `${service} ${to}`,
    );
    return { summary: summary.length > 0 ? list(summary) : NO_SERVICES, value: releases };
  });
}
