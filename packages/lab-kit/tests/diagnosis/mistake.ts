import type { FindingId } from "../../src/diagnosis/kinds.ts";
import type { AppChange, Stack } from "./stack.ts";

/** One mistake, made for real, and what is to be found of it. */
export interface Mistake {
  /** In words, as somebody would tell what they did. */
  readonly what: string;
  readonly chapter: 5 | 7 | 8;
  /** The finding that has to come first; nothing else may come, at any time. */
  readonly finding: FindingId;
  /** What else is wrong with it as well, and may be told after that. */
  readonly also?: readonly FindingId[];
  /** The entry of the failure catalogue that it reproduces, where that is not the finding that comes first. */
  readonly catalogues?: FindingId;
  /** What is refused because of it. */
  readonly asks?: (stack: Stack) => Promise<unknown>;
  /** What is written wrong. */
  readonly node?: AppChange;
  readonly go?: AppChange;
  /** Done before the services are made. */
  readonly before?: (stack: Stack) => Promise<void>;
  /** Done to the deployed solution once it is steady. */
  readonly after?: (stack: Stack) => Promise<void>;
}
