import { failureOf } from "../../src/failures/catalogue.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";
import { BALANCER_MISTAKES } from "./balancer-mistakes.ts";
import { ENDPOINT_MISTAKES } from "./endpoint-mistakes.ts";
import { IMAGE_AND_LOG_MISTAKES } from "./image-and-log-mistakes.ts";
import type { Mistake } from "./mistake.ts";
import { NETWORK_MISTAKES } from "./network-mistakes.ts";
import { REACH_MISTAKES } from "./reach-mistakes.ts";
import { ROLE_MISTAKES } from "./role-mistakes.ts";
import { SECRET_MISTAKES } from "./secret-mistakes.ts";
import { SERVICE_MISTAKES } from "./service-mistakes.ts";
import { SIGNAL_MISTAKES } from "./signal-mistakes.ts";
import { TARGET_MISTAKES } from "./target-mistakes.ts";
import { TASK_MISTAKES } from "./task-mistakes.ts";

/** All that is done to a service on Fargate. */
export const MISTAKES: readonly Mistake[] = [
  ...NETWORK_MISTAKES,
  ...ENDPOINT_MISTAKES,
  ...REACH_MISTAKES,
  ...ROLE_MISTAKES,
  ...SECRET_MISTAKES,
  ...IMAGE_AND_LOG_MISTAKES,
  ...TASK_MISTAKES,
  ...SIGNAL_MISTAKES,
  ...BALANCER_MISTAKES,
  ...TARGET_MISTAKES,
  ...SERVICE_MISTAKES,
];

const entryOf = ({ catalogues, finding }: Mistake): FindingId => catalogues ?? finding;

/** The entry of the failure catalogue that a mistake reproduces: the first mistake of a kind, or the one that says so, stands for it. */
export function reproducedBy(mistake: Mistake): FindingId | undefined {
  const id = entryOf(mistake);
  if (failureOf(id) === undefined) return undefined;
  const same = MISTAKES.filter((each) => entryOf(each) === id);
  const chosen = same.find(({ catalogues }) => catalogues !== undefined) ?? same[0];
  return chosen === mistake ? id : undefined;
}
