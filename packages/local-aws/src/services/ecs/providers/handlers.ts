import type {
  AutoScalingGroupProvider,
  CapacityProvider as Sdk,
  ManagedScaling as Given,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { autoScalingGroups, type AutoScalingGroup } from "../../autoscaling/state.ts";
import { groupNameOf } from "../../autoscaling/find.ts";
import type { CallContext } from "../../service.ts";
import { ecsArn } from "../arns.ts";
import { FARGATE_PROVIDERS, nameOf } from "../capacity-providers.ts";
import { unsupported } from "../../kit/faults.ts";
import { clientException, invalidParameter } from "../faults.ts";
import type { EcsHandlers } from "../handlers.ts";
import { page } from "../pages.ts";
import { clusters } from "../state.ts";
import { fromTags, toTags } from "../tags.ts";
import { TEXTS } from "../texts.ts";
import { capacityProviders, type CapacityProvider, type ManagedScaling } from "./state.ts";
import { PROVIDER_TEXTS as SAID } from "./texts.ts";

/** ECS's mark on the group of a provider. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html */
const MANAGED_TAG = { key: "AmazonECSManaged", value: "", propagateAtLaunch: true };

const describeFargate = (context: CallContext, name: string): Sdk => ({
  capacityProviderArn: ecsArn(context, `capacity-provider/${name}`),
  name,
  status: "ACTIVE",
  tags: [],
  type: name as "FARGATE",
});

function describe(provider: CapacityProvider, withTags = true): Sdk {
  return {
    capacityProviderArn: provider.arn,
    name: provider.name,
    status: "ACTIVE",
    autoScalingGroupProvider: {
      autoScalingGroupArn: provider.autoScalingGroupArn,
      managedScaling: { ...provider.managedScaling },
      managedTerminationProtection: provider.managedTerminationProtection,
      managedDraining: provider.managedDraining,
    },
    updateStatus: provider.updateStatus,
    tags: withTags ? fromTags(provider.tags) : [],
    type: "EC2_AUTOSCALING",
  };
}

/** The provider of instances of a name or ARN. @throws AwsError `ClientException` */
function requireProvider(context: CallContext, reference: string): CapacityProvider {
  const name = nameOf(reference, context);
  if (FARGATE_PROVIDERS.some((it) => it === name)) throw clientException(SAID.fargate());
  const provider = context.store.of(capacityProviders).get(name);
  if (!provider) throw clientException(TEXTS.capacityProviderNotFound({ name }));
  return provider;
}

const groupOf = (scope: Scope, arn: string): AutoScalingGroup | undefined =>
  scope.of(autoScalingGroups).get(groupNameOf(arn));

/** Capacity providers. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html */
export const capacityProviderHandlers: EcsHandlers = {
  CreateCapacityProvider(input, context) {
    const { store, clock } = context;
    const name = input.name ?? "";
    if (!/^(?!aws|ecs|fargate)[\w-]{1,255}$/i.test(name)) throw clientException(SAID.nameInvalid());
    if (store.of(capacityProviders).has(name)) throw clientException(SAID.alreadyExists());
    const given = input.autoScalingGroupProvider;
    if (!given) throw clientException(SAID.groupMissing());
    const group = toGroup(store, given.autoScalingGroupArn ?? "");
    const managedScaling = toManagedScaling(given.managedScaling);
    const provider = store.of(capacityProviders).put(name, {
      arn: ecsArn(context, `capacity-provider/${name}`),
      name,
      autoScalingGroupArn: group.arn,
      managedScaling,
      managedTerminationProtection: toProtection(given, group, managedScaling),
      managedDraining: given.managedDraining ?? "ENABLED",
      createdAt: clock.now(),
      tags: toTags(input.tags),
    });
    if (!group.tags.some(({ key }) => key === MANAGED_TAG.key))
      store.of(autoScalingGroups).patch(group.name, { tags: [...group.tags, MANAGED_TAG] });
    return { capacityProvider: describe(provider) };
  },

  UpdateCapacityProvider(input, context) {
    const before = requireProvider(context, input.name ?? "");
    const given = input.autoScalingGroupProvider;
    if (!given) throw clientException(SAID.groupMissing());
    const managedScaling = toManagedScaling(given.managedScaling, before.managedScaling);
    const group = groupOf(context.store, before.autoScalingGroupArn);
    const provider = context.store.of(capacityProviders).patch(before.name, {
      managedScaling,
      managedTerminationProtection: toProtection(
        given,
        group,
        managedScaling,
        before.managedTerminationProtection,
      ),
      managedDraining: given.managedDraining ?? before.managedDraining,
      updateStatus: "UPDATE_COMPLETE",
    });
    return { capacityProvider: describe(provider) };
  },

  DeleteCapacityProvider(input, context) {
    const provider = requireProvider(context, input.capacityProvider ?? "");
    const user = context.store
      .of(clusters)
      .find((it) => it.status === "ACTIVE" && it.capacityProviders.includes(provider.name));
    if (user) throw clientException(SAID.inUse({ cluster: user.name }));
    context.store.of(capacityProviders).delete(provider.name);
    const gone = describe({ ...provider, updateStatus: "DELETE_COMPLETE" });
    return { capacityProvider: { ...gone, status: "INACTIVE" as const } };
  },

  DescribeCapacityProviders(input, context) {
    if (input.cluster) throw unsupported("capacity providers of one cluster alone");
    const stored = context.store.of(capacityProviders);
    const all: string[] = [...FARGATE_PROVIDERS, ...stored.ids()];
    const wanted = input.capacityProviders?.map((reference) => nameOf(reference, context));
    const known = all.filter((name) => wanted?.includes(name) ?? true);
    const missing = (wanted ?? []).filter((name) => !all.includes(name));
    const { items, nextToken } = page(known, (name) => name, input, {
      of: "capacity-providers",
      most: 10,
    });
    const withTags = input.include?.includes("TAGS") ?? false;
    return {
      capacityProviders: items.map((name) => {
        const provider = stored.get(name);
        return provider ? describe(provider, withTags) : describeFargate(context, name);
      }),
      failures: missing.map((name) => ({
        arn: ecsArn(context, `capacity-provider/${name}`),
        reason: "MISSING",
      })),
      nextToken,
    };
  },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html */
const DEFAULTS: ManagedScaling = {
  status: "DISABLED",
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
};

/** Managed scaling as a request has it, laid over what was before. @throws AwsError `InvalidParameterException` */
function toManagedScaling(given: Given | undefined, before = DEFAULTS): ManagedScaling {
  const wanted = {
    status: given?.status ?? before.status,
    targetCapacity: given?.targetCapacity ?? before.targetCapacity,
    minimumScalingStepSize: given?.minimumScalingStepSize ?? before.minimumScalingStepSize,
    maximumScalingStepSize: given?.maximumScalingStepSize ?? before.maximumScalingStepSize,
    instanceWarmupPeriod: given?.instanceWarmupPeriod ?? before.instanceWarmupPeriod,
  };
  const { targetCapacity, minimumScalingStepSize: least, maximumScalingStepSize: most } = wanted;
  if (targetCapacity < 1 || targetCapacity > 100) throw invalidParameter(SAID.targetCapacity());
  if (least < 1 || most > 10_000 || least > most) throw invalidParameter(SAID.stepSize());
  return wanted;
}

/** The group that a request names, by its ARN. @throws AwsError `ClientException` */
function toGroup(scope: Scope, reference: string): AutoScalingGroup {
  const group = scope.of(autoScalingGroups).get(groupNameOf(reference));
  if (!group || (reference.startsWith("arn:") && group.arn !== reference))
    throw clientException(SAID.groupNotFound());
  const user = scope.of(capacityProviders).find((it) => it.autoScalingGroupArn === group.arn);
  if (user) throw clientException(SAID.groupInUse());
  return group;
}

/**
 * Whether ECS is to protect instances that have tasks from being taken away: the group has to let it.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-termination-protection.html
 * @throws AwsError `ClientException`
 */
function toProtection(
  given: Pick<AutoScalingGroupProvider, "managedTerminationProtection">,
  group: AutoScalingGroup | undefined,
  scaling: ManagedScaling,
  before: CapacityProvider["managedTerminationProtection"] = "DISABLED",
): CapacityProvider["managedTerminationProtection"] {
  const wanted = given.managedTerminationProtection ?? before;
  if (wanted === "DISABLED") return wanted;
  if (scaling.status === "DISABLED") throw clientException(SAID.protectionNeedsScaling());
  if (!group?.newInstancesProtectedFromScaleIn) throw clientException(SAID.protectionNeedsGroup());
  return wanted;
}
