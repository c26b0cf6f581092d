import type { NetworkConfiguration as SdkNetworkConfiguration } from "@aws-sdk/client-ecs";
import type { Scope } from "../../store/store.ts";
import { securityGroups, subnets } from "../ec2/state.ts";
import { invalidParameter } from "./faults.ts";
import type { NetworkConfiguration } from "./deployment.ts";
import type { TaskDefinition } from "./state.ts";
import { INSTANCE_TEXTS as SAID } from "./instance-texts.ts";
import { TEXTS } from "./texts.ts";

/**
 * The network configuration that tasks of `definition` are given, checked against the VPC.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html
 * @throws AwsError `InvalidParameterException` where it is missing, not wanted, or names what does not exist
 */
export function toNetworkConfiguration(
  store: Scope,
  definition: TaskDefinition,
  given: SdkNetworkConfiguration | undefined,
  on: "FARGATE" | "EC2",
): NetworkConfiguration | undefined {
  const awsvpc = given?.awsvpcConfiguration;
  if (definition.networkMode !== "awsvpc") {
    if (awsvpc) throw invalidParameter(TEXTS.networkConfigurationUnwanted());
    return undefined;
  }
  if (!awsvpc) throw invalidParameter(TEXTS.networkConfigurationMissing());
  if (on === "EC2" && awsvpc.assignPublicIp === "ENABLED")
    throw invalidParameter(SAID.publicIpEc2());
  const wanted: NetworkConfiguration = {
    subnets: awsvpc.subnets ?? [],
    securityGroups: awsvpc.securityGroups ?? [],
    assignPublicIp: awsvpc.assignPublicIp ?? "DISABLED",
  };
  checkAgainstVpc(store, wanted);
  return wanted;
}

function checkAgainstVpc(store: Scope, wanted: NetworkConfiguration): void {
  if (wanted.subnets.length === 0) throw invalidParameter(TEXTS.subnetsEmpty());
  if (wanted.subnets.length > 16) throw invalidParameter(TEXTS.subnetsMany());
  if (wanted.securityGroups.length > 5) throw invalidParameter(TEXTS.securityGroupsMany());
  const vpcs = new Set<string>();
  for (const subnetId of wanted.subnets) {
    const subnet = store.of(subnets).get(subnetId);
    if (!subnet) throw invalidParameter(TEXTS.subnetNotFound({ subnet: subnetId }));
    vpcs.add(subnet.vpcId);
  }
  if (vpcs.size > 1) throw invalidParameter(TEXTS.subnetsVpc());
  const [vpc = ""] = vpcs;
  for (const groupId of wanted.securityGroups) {
    const group = store.of(securityGroups).get(groupId);
    if (!group) throw invalidParameter(TEXTS.securityGroupNotFound({ group: groupId }));
    if (group.vpcId !== vpc)
      throw invalidParameter(TEXTS.securityGroupVpc({ group: groupId, vpc }));
  }
}

/** As the API shows it. */
export function fromNetworkConfiguration(
  stored: NetworkConfiguration | undefined,
): SdkNetworkConfiguration | undefined {
  if (!stored) return undefined;
  return {
    awsvpcConfiguration: {
      subnets: [...stored.subnets],
      securityGroups: [...stored.securityGroups],
      assignPublicIp: stored.assignPublicIp,
    },
  };
}
