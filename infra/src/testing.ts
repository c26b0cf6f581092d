import { Testing } from "cdktf";
import type { Construct } from "constructs";

/** Resources or data sources of a synthesised stack: type, Terraform name, arguments. */
export type SynthesisedBlocks = Record<string, Record<string, Record<string, unknown>>>;

/** The part of a stack's Terraform JSON that tests look at. */
export interface SynthesisedScope {
  readonly resource: SynthesisedBlocks;
  readonly data: SynthesisedBlocks;
}

/** Synthesises what a function adds to an empty stack, for tests. */
export function synthesised(add: (scope: Construct) => void): SynthesisedScope {
  const { resource = {}, data = {} } = JSON.parse(
    Testing.synthScope(add),
  ) as Partial<SynthesisedScope>;
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
