import type { Words } from "@workbook/toolchain";
/**
 * Waits that the Terraform provider makes by itself, whatever the cloud answers: nobody can shorten them, so people are
 * told. Seconds, from the provider's source (hashicorp/aws 5.100).
 */
const FIXED_WAITS: Readonly<Record<string, number>> = {
  aws_lb: 60,
  aws_ecs_cluster: 10,
  aws_ecs_cluster_capacity_providers: 10,
  aws_nat_gateway: 10,
  aws_vpc: 10,
};

/** What a person should know who waits for this resource; undefined where there is nothing to say. */
export function explainWait(address: string, action: string): Words | undefined {
  const type = address.split(".").at(-2) ?? "";
  const seconds = FIXED_WAITS[type];
  if (seconds === undefined) return undefined;
  const waits = type === "aws_nat_gateway" ? action === "delete" : action === "create";
  return waits
    ? [
        `Terraform's AWS provider waits ${seconds} s here, on AWS as well`,
        `Terraform の AWS プロバイダーはここで ${seconds} 秒待ちます (AWS でも同じです)`,
      ]
    : undefined;
}
