import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack, Testing, type App } from "cdktf";
import type { Construct } from "constructs";

/** Resources or data sources of a synthesised stack: type, Terraform name, arguments. */
export type SynthesisedBlocks = Record<string, Record<string, Record<string, unknown>>>;

/** The part of a stack's Terraform JSON that tests look at. */
export interface SynthesisedScope {
  readonly resource: SynthesisedBlocks;
  readonly data: SynthesisedBlocks;
}

/** Synthesises the stack that a function makes, for tests; the app's folder is gone when this returns. */
export function synthesisedStack(make: (app: App) => TerraformStack): unknown {
  const outdir = mkdtempSync(join(tmpdir(), "infra-"));
  try {
    return JSON.parse(Testing.synth(make(Testing.app({ outdir }))));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Synthesises what a function adds to an empty stack, for tests. */
export function synthesised(add: (scope: Construct) => void): SynthesisedScope {
  const { resource = {}, data = {} } = synthesisedStack((app) => {
    const stack = new TerraformStack(app, "stack");
    add(stack);
    return stack;
  }) as Partial<SynthesisedScope>;
  return { resource: withoutMetadata(resource), data: withoutMetadata(data) };
}

function withoutMetadata(blocks: SynthesisedBlocks): SynthesisedBlocks {
  return Object.fromEntries(
    Object.entries(blocks).map(([type, names]) => [
      type,
      Object.fromEntries(
        Object.entries(names).map(([name, { "//": _metadata, ...block }]) => [name, block]),
      ),
    ]),
  );
}
