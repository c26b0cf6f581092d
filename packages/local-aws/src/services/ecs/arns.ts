import { randomBytes, randomInt } from "node:crypto";
import { parseArn } from "../../ground/arn.ts";

/** Whose resource an ARN names. */
interface Place {
  readonly account: string;
  readonly region: string;
}

/** An ECS ARN, https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export const ecsArn = ({ account, region }: Place, resource: string) =>
  `arn:aws:ecs:${region}:${account}:${resource}`;

/** The part of an ARN after its resource type: `cluster/name` → `name`, `service/cluster/name` → `cluster/name`. */
export function resourceOf(arn: string): { type: string; path: readonly string[] } {
  const [type = "", ...path] = (parseArn(arn)?.resource ?? "").split("/");
  return { type, path };
}

/** A task's id: 32 hex digits. */
export const newTaskId = () => randomBytes(16).toString("hex");

/** A deployment's id: `ecs-svc/` and 19 digits. */
export const newDeploymentId = () => `ecs-svc/${randomInt(1, 10)}${digits(18)}`;

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join("");
}
