import { mkdtempDisposable, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesise, type PushedImage } from "../synth.ts";
import type { SynthReader } from "../synth-reader.ts";
import type { Deployment, StackId } from "./stack.ts";

/** The stacks of a lab as Terraform JSON. */
export interface Synthesised {
  readonly reader: SynthReader;
  readonly json: ReadonlyMap<StackId, string>;
}

/**
 * Synthesises a lab's stacks as its deployment wants them.
 *
 * @param images what the service stack names
 * @param only one stack; left out, all that the lab has
 * @throws {SynthesisError}
 */
export async function synthesiseStacks(
  deployment: Deployment,
  images: readonly PushedImage[],
  only?: StackId,
): Promise<Synthesised> {
  const { lab, variant, target, signal } = deployment;
  const { owner, region, homeCidr, endpointUrl } = target;
  await using scratch = await mkdtempDisposable(join(tmpdir(), "workbook-synth-"));
  const reader = await (deployment.synthesise ?? synthesise)({
    labDirectory: lab.directory,
    variant,
    settings: { owner, region, homeCidr, endpointUrl },
    images,
    outDirectory: scratch.path,
    ...(only && { stack: only }),
    signal,
  });
  const json = new Map<StackId, string>();
  for (const id of only ? [only] : lab.stacks) {
    const file = join(scratch.path, "stacks", id, "cdk.tf.json");
    json.set(id, await readFile(file, "utf8"));
  }
  return { reader, json };
}
