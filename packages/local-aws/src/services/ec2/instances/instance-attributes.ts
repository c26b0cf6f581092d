import { invalidParameterValue } from "../faults.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { requireResource, SECURITY_GROUP } from "../resources.ts";
import { networkInterfaces } from "../state.ts";
import { AwsError } from "../../../protocol/aws-error.ts";
import { requireInstanceType } from "./launch.ts";
import { requireInstance } from "./lifecycle.ts";
import { ROOT_DEVICE } from "./image-handlers.ts";
import { instances, type Instance } from "./state.ts";

const value = <T>(Value: T) => ({ Value });

/** What of an instance can be changed only while it is stopped. */
function requireStopped({ instanceId, state }: Readonly<Instance>, what: string): void {
  if (state !== "stopped")
    throw new AwsError(
      "IncorrectInstanceState",
      `The instance '${instanceId}' is not in the 'stopped' state: its ${what} cannot be changed.`,
    );
}

/** Attributes of instances, one at a time. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
export const instanceAttributeHandlers = {
  DescribeInstanceAttribute(input, { store }) {
    const instance = requireInstance(store, input.InstanceId);
    const eni = store.of(networkInterfaces).get(instance.networkInterfaceId);
    const InstanceId = instance.instanceId;
    switch (input.Attribute) {
      case "disableApiTermination":
        return { InstanceId, DisableApiTermination: value(instance.disableApiTermination) };
      case "disableApiStop":
        return { InstanceId, DisableApiStop: value(instance.disableApiStop) };
      case "instanceInitiatedShutdownBehavior":
        return { InstanceId, InstanceInitiatedShutdownBehavior: value(instance.shutdownBehavior) };
      case "userData":
        return { InstanceId, UserData: { Value: instance.userData } };
      case "instanceType":
        return { InstanceId, InstanceType: value(instance.instanceType) };
      case "sourceDestCheck":
        return { InstanceId, SourceDestCheck: value(eni?.sourceDestCheck ?? true) };
      case "groupSet":
        return {
          InstanceId,
          Groups: (eni?.securityGroupIds ?? []).map((GroupId) => ({ GroupId })),
        };
      case "ebsOptimized":
        return { InstanceId, EbsOptimized: value(instance.ebsOptimized) };
      case "rootDeviceName":
        return { InstanceId, RootDeviceName: value(ROOT_DEVICE) };
      default:
        throw invalidParameterValue(
          `Value (${String(input.Attribute)}) for parameter attribute is invalid. Local AWS does not show that attribute.`,
        );
    }
  },

  ModifyInstanceAttribute(input, { store }) {
    const instance = requireInstance(store, input.InstanceId);
    const { instanceId, networkInterfaceId } = instance;
    const { InstanceType, UserData, Groups, SourceDestCheck, EbsOptimized } = input;
    if (InstanceType) {
      requireStopped(instance, "type");
      requireInstanceType(InstanceType.Value ?? "");
    }
    if (UserData) requireStopped(instance, "user data");
    for (const id of Groups ?? []) requireResource(store, SECURITY_GROUP, id);
    store.of(networkInterfaces).patch(networkInterfaceId, {
      ...(Groups?.length && { securityGroupIds: Groups }),
      ...(SourceDestCheck && { sourceDestCheck: SourceDestCheck.Value ?? true }),
    });
    const termination = input.DisableApiTermination?.Value;
    const stopping = input.DisableApiStop?.Value;
    const behavior = input.InstanceInitiatedShutdownBehavior?.Value;
    store.of(instances).patch(instanceId, {
      ...(termination !== undefined && { disableApiTermination: termination }),
      ...(stopping !== undefined && { disableApiStop: stopping }),
      ...(behavior !== undefined && { shutdownBehavior: behavior }),
      ...(InstanceType?.Value !== undefined && { instanceType: InstanceType.Value }),
      ...(EbsOptimized?.Value !== undefined && { ebsOptimized: EbsOptimized.Value }),
      ...(UserData?.Value && { userData: Buffer.from(UserData.Value).toString("base64") }),
    });
    return {};
  },
} satisfies Ec2Handlers;
