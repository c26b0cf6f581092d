import type { Words } from "@workbook/toolchain";
import { type FindingId, type Kind, KINDS } from "../diagnosis/kinds.ts";
import { BALANCER_FAILURES } from "./balancer.ts";
import { CAPACITY_FAILURES } from "./capacity.ts";
import { CONTAINER_FAILURES } from "./containers.ts";
import { type Failure, PLACES } from "./failure.ts";
import { IMAGE_FAILURES } from "./images.ts";
import { NETWORK_FAILURES } from "./network.ts";
import { REFUSAL_FAILURES } from "./refusals.ts";
import { REFUSED_AGAIN_FAILURES } from "./refused-again.ts";
import { RIGHTS_FAILURES } from "./rights.ts";
import { SERVICE_FAILURES } from "./services.ts";
import { TARGET_FAILURES } from "./targets.ts";

export { PLACES };
export type { Failure, FindingId };

/** A part of the catalogue, under its heading. */
export interface FailureGroup {
  readonly title: Words;
  readonly failures: Readonly<Partial<Record<FindingId, Failure>>>;
}

/** The failure catalogue: mistakes and faults by the name that the diagnosis has for each, in the order in which they strike. */
export const FAILURE_GROUPS: readonly FailureGroup[] = [
  {
    title: ["Refused by AWS", "AWS に拒否される"],
    failures: { ...REFUSAL_FAILURES, ...REFUSED_AGAIN_FAILURES },
  },
  {
    title: ["The service and what was deployed", "サービスとデプロイ"],
    failures: SERVICE_FAILURES,
  },
  { title: ["The network", "ネットワーク"], failures: NETWORK_FAILURES },
  {
    title: ["Rights, parameters, secrets", "権限、パラメーター、シークレット"],
    failures: RIGHTS_FAILURES,
  },
  {
    title: ["Images, logs, containers", "イメージ、ログ、コンテナ"],
    failures: { ...IMAGE_FAILURES, ...CONTAINER_FAILURES },
  },
  {
    title: ["The load balancer and its targets", "ALB とターゲット"],
    failures: { ...BALANCER_FAILURES, ...TARGET_FAILURES },
  },
  {
    title: ["Instances, scaling, schedules", "インスタンス、スケーリング、スケジュール"],
    failures: CAPACITY_FAILURES,
  },
];

/** The entry of a cause, where the catalogue has one. */
export function failureOf(id: string): Failure | undefined {
  const found = FAILURE_GROUPS.find(({ failures }) => id in failures);
  return found?.failures[id as FindingId];
}

/** Where the site has a cause's entry; undefined where the catalogue has none. */
export function failurePage(id: string): Words | undefined {
  if (failureOf(id) === undefined) return undefined;
  return [`/reference/failures#${id}`, `/ja/reference/failures#${id}`];
}

/** What a symptom's words are to be found by: `…` stands for anything. */
export function symptomPattern({ symptom }: Pick<Failure, "symptom">): RegExp {
  const parts = symptom.split("…").map((part) => RegExp.escape(part.trim()));
  return new RegExp(parts.join("[^]*?"));
}

/** The help that the diagnosis has for a cause: AWS's page about it, and the line to write. */
export const helpWith = (id: FindingId): Kind => KINDS[id];
