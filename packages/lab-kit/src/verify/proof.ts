/** What is proved of a lab. A mutation is proved by the JSON, or deployed over the solution, or both. */
export type ProofKind =
  | "start"
  | "start-plan"
  | "solution"
  | "deploy"
  | "second-plan"
  | "destroy"
  | "mutation"
  | "deployed-mutation";

/** One proof and how it went. */
export interface Proof {
  /** Id of the lab. */
  readonly lab: string;
  readonly kind: ProofKind;
  /** Of a mutation its id, else the kind. */
  readonly id: string;
  readonly passed: boolean;
  /** What was seen, in one line where it passed. */
  readonly detail: string;
  readonly seconds: number;
  /** Folder with what there was to see when it failed. */
  readonly artifacts?: string;
}

/** Says that a proof failed; the message is what was seen instead. */
export class NotProved extends Error {
  override readonly name = "NotProved";
}

/** @throws {NotProved} unless `condition` holds */
export function prove(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new NotProved(otherwise);
}
