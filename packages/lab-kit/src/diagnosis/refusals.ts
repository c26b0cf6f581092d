import type { REFUSAL_KINDS } from "./kinds/refused.ts";

type RefusalId = keyof typeof REFUSAL_KINDS;

/** AWS's words for what it refuses of a stack that is applied, the more telling first. */
const REFUSALS: readonly (readonly [RegExp, RefusalId])[] = [
  [/not authorized to perform: iam:PassRole/, "refused-pass-role"],
  [/has target type \w+, which is incompatible with/, "refused-target-type"],
  [/does not have an associated load balancer/, "refused-target-group-alone"],
  [/did not have a container port/, "refused-container-port"],
  [/No Fargate configuration exists/, "refused-fargate-size"],
  [
    /'memory' setting for container '[^']*' is greater than for the task/,
    "refused-container-memory",
  ],
  [/requires task definition to have execution role ARN/, "refused-execution-role"],
  [/host ports and container ports in port mappings must match/, "refused-host-port"],
  [/valid taskRoleArn is not being used/, "refused-exec-role"],
  [/capacity provider that is not associated with the cluster/, "refused-capacity-provider"],
  [/Creation of service was not idempotent/, "refused-service-exists"],
  [/specified log group already exists/, "refused-name-taken"],
  [/is currently in use by a listener or a rule/, "refused-target-group-in-use"],
  [/multiple subnets in the same Availability Zone/, "refused-zones"],
  [/conflicts with another subnet/, "refused-subnet-conflict"],
  [/has dependencies and cannot be deleted/, "refused-dependency"],
  [/cannot be deleted because it still contains images/, "refused-repository-not-empty"],
  [/with this name is already scheduled for deletion/, "refused-secret-pending"],
];

/** What AWS refused, by what Terraform or another client tells of it; undefined where the words are none of these. */
export const refusalIn = (text: string): RefusalId | undefined =>
  REFUSALS.find(([words]) => words.test(text))?.[1];
