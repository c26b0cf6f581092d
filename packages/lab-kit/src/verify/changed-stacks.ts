import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { StackId } from "../deploy/stack.ts";
import type { Lab } from "../load-lab.ts";
import { readBlocks } from "../neighbours.ts";
import type { LabSettings } from "../synth.ts";
import type { SynthBatch } from "./synth-batch.ts";
import { GO_APP, NODE_APP } from "../web-app.ts";

/** An owner, an account and a home address as the documentation ranges have them; nothing is deployed with them. */
export const NOBODY: LabSettings = {
  owner: "hanako",
  region: "ap-northeast-1",
  homeCidr: "203.0.113.7/32",
};

/** The images of both apps by names in the registry of an account that is nobody's. */
export const NOBODYS_IMAGES = [NODE_APP, GO_APP].map((app) => ({
  app,
  image: `123456789012.dkr.ecr.${NOBODY.region}.amazonaws.com/${app.repository}-${NOBODY.owner}:v1`,
}));

/** A lab's variant. */
export interface LabVariant {
  readonly lab: Lab;
  readonly variant: string;
}

/**
 * The stacks of a variant that are not, to Terraform, what they are in the variant that has been deployed: only these
 * have to be planned and applied. All of them where nothing has been.
 */
export async function changedStacks(
  batch: SynthBatch,
  wanted: LabVariant,
  deployed: LabVariant | undefined,
): Promise<readonly StackId[]> {
  const after = await read(batch, wanted);
  if (deployed === undefined) return after.stacks;
  const before = await read(batch, deployed);
  return after.stacks.filter(
    (id) => !isDeepStrictEqual(blocksOf(after.blocks, id), blocksOf(before.blocks, id)),
  );
}

function blocksOf(blocks: Readonly<Record<string, unknown>>, stack: StackId) {
  return Object.fromEntries(
    Object.entries(blocks).filter(([address]) => address.startsWith(`${stack}/`)),
  );
}

async function read(batch: SynthBatch, { lab, variant }: LabVariant) {
  await using scratch = await mkdtempDisposable(join(tmpdir(), "verify-synth-"));
  const given = { settings: NOBODY, images: NOBODYS_IMAGES, outDirectory: scratch.path };
  const { stacks } = await batch.synthesise({ labDirectory: lab.directory, variant, ...given });
  return { stacks: stacks.map(({ id }) => id), blocks: readBlocks(scratch.path) };
}
