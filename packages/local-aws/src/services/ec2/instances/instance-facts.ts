import type { InstanceTypeInfo, Volume } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../protocol/aws-error.ts";
import type { Scope } from "../../../store/store.ts";
import { describe, paginate } from "../describe.ts";
import { type FilterTable, toFilterTest } from "../filters.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { INSTANCE } from "../resources.ts";
import { ROOT_DEVICE } from "./image-handlers.ts";
import { instanceFilters } from "./instance-filters.ts";
import { INSTANCE_TYPES, type InstanceType } from "./instance-types.ts";
import { toApiState } from "./instance-view.ts";
import { requireInstance } from "./lifecycle.ts";
import { instances, type Instance } from "./state.ts";
import { requireInstanceType } from "./launch.ts";

const typeFilters: FilterTable<InstanceType> = {
  "bare-metal": () => false,
  "burstable-performance-supported": ({ isBurstable }) => isBurstable,
  "current-generation": ({ isCurrent }) => isCurrent,
  hypervisor: ({ isCurrent }) => (isCurrent ? "nitro" : "xen"),
  "instance-type": ({ name }) => name,
  "memory-info.size-in-mib": ({ memoryMiB }) => memoryMiB,
  "network-info.maximum-network-interfaces": ({ interfaces }) => interfaces,
  "processor-info.supported-architecture": ({ architecture }) => architecture,
  "vcpu-info.default-vcpus": ({ vcpus }) => vcpus,
};

function toApiType(type: InstanceType): InstanceTypeInfo {
  return {
    InstanceType: type.name as never,
    CurrentGeneration: type.isCurrent,
    FreeTierEligible: type.name === "t3.micro" || type.name === "t2.micro",
    SupportedUsageClasses: ["on-demand"],
    SupportedRootDeviceTypes: ["ebs"],
    SupportedVirtualizationTypes: ["hvm"],
    BareMetal: false,
    Hypervisor: type.isCurrent ? "nitro" : "xen",
    ProcessorInfo: { SupportedArchitectures: [type.architecture] },
    VCpuInfo: { DefaultVCpus: type.vcpus },
    MemoryInfo: { SizeInMiB: type.memoryMiB },
    InstanceStorageSupported: false,
    NetworkInfo: {
      MaximumNetworkInterfaces: type.interfaces,
      MaximumNetworkCards: 1,
      DefaultNetworkCardIndex: 0,
      Ipv4AddressesPerInterface: type.addresses,
    },
    HibernationSupported: false,
    BurstablePerformanceSupported: type.isBurstable,
    DedicatedHostsSupported: false,
    AutoRecoverySupported: true,
  };
}

/** Each instance's root volume: there are no others. */
function volumesOf(scope: Scope): readonly Readonly<Instance>[] {
  return scope.of(instances).filter(({ state }) => state !== "terminated");
}

const volumeFilters: FilterTable<Instance> = {
  "attachment.instance-id": ({ instanceId }) => instanceId,
  "attachment.device": () => ROOT_DEVICE,
  "attachment.status": () => "attached",
  "availability-zone": ({ availabilityZone }) => availabilityZone,
  encrypted: ({ volume }) => volume.encrypted,
  size: ({ volume }) => volume.size,
  status: () => "in-use",
  "volume-id": ({ volume }) => volume.volumeId,
  "volume-type": ({ volume }) => volume.type,
};

function toApiVolume({ instanceId, availabilityZone, volume }: Readonly<Instance>): Volume {
  return {
    VolumeId: volume.volumeId,
    VolumeType: volume.type as never,
    Size: volume.size,
    State: "in-use",
    Encrypted: volume.encrypted,
    AvailabilityZone: availabilityZone,
    CreateTime: new Date(volume.attachedAt),
    Iops: volume.type === "gp3" ? 3000 : 100,
    ...(volume.type === "gp3" && { Throughput: 125 }),
    MultiAttachEnabled: false,
    SnapshotId: "",
    Attachments: [
      {
        InstanceId: instanceId,
        VolumeId: volume.volumeId,
        Device: ROOT_DEVICE,
        State: "attached",
        DeleteOnTermination: volume.deleteOnTermination,
        AttachTime: new Date(volume.attachedAt),
      },
    ],
    Tags: [],
  };
}

/** What belongs to instances: their types, volumes and status. */
export const instanceFactHandlers = {
  DescribeInstanceTypes(input, { store }) {
    const matches = toFilterTest(input.Filters, typeFilters, store);
    const wanted = input.InstanceTypes?.length
      ? input.InstanceTypes.map((name) => requireInstanceType(name))
      : [...INSTANCE_TYPES.values()];
    const found = wanted.filter(matches);
    const { items, NextToken } = paginate(found, input, "instance-type", ({ name }) => name);
    return { InstanceTypes: items.map(toApiType), NextToken };
  },

  DescribeVolumes(input, { store }) {
    const all = volumesOf(store);
    for (const id of input.VolumeIds ?? [])
      if (!all.some(({ volume }) => volume.volumeId === id))
        throw new AwsError("InvalidVolume.NotFound", `The volume '${id}' does not exist.`);
    const matches = toFilterTest(input.Filters, volumeFilters, store, () => ({}));
    const found = all.filter(
      (instance) =>
        (!input.VolumeIds?.length || input.VolumeIds.includes(instance.volume.volumeId)) &&
        matches(instance),
    );
    const { items, NextToken } = paginate(found, input, "volume", ({ volume }) => volume.volumeId);
    return { Volumes: items.map(toApiVolume), NextToken };
  },

  DescribeInstanceStatus(input, { store }) {
    const request = { ...input, ids: input.InstanceIds };
    const { items, NextToken } = describe(store, INSTANCE, request, instanceFilters);
    const shown = items.filter(({ state }) => input.IncludeAllInstances || state === "running");
    const check = (state: string) => ({
      Status: (state === "running" ? "ok" : "not-applicable") as never,
      Details:
        state === "running" ? [{ Name: "reachability" as const, Status: "passed" as const }] : [],
    });
    return {
      InstanceStatuses: shown.map(({ instanceId, availabilityZone, state }) => ({
        InstanceId: instanceId,
        AvailabilityZone: availabilityZone,
        InstanceState: toApiState(state),
        InstanceStatus: check(state),
        SystemStatus: check(state),
      })),
      NextToken,
    };
  },

  /** What its agent says; nothing else of an instance writes to a console here. */
  GetConsoleOutput({ InstanceId }, { store }) {
    const { agentFault, launchedAt } = requireInstance(store, InstanceId);
    const text =
      agentFault === undefined ? "" : `level=error msg="Error registering: ${agentFault}"\n`;
    return {
      InstanceId,
      Output: Buffer.from(text).toString("base64"),
      Timestamp: new Date(launchedAt),
    };
  },

  DescribeInstanceCreditSpecifications(input, { store }) {
    const matches = toFilterTest(
      input.Filters,
      { "instance-id": ({ instanceId }: Readonly<Instance>) => instanceId },
      store,
    );
    const wanted = input.InstanceIds?.length
      ? input.InstanceIds.map((id) => requireInstance(store, id))
      : store.of(instances).values();
    const found = wanted.filter((it) => it.cpuCredits !== undefined && matches(it));
    const { items, NextToken } = paginate(found, input, "credits", (it) => it.instanceId);
    return {
      InstanceCreditSpecifications: items.map(({ instanceId, cpuCredits }) => ({
        InstanceId: instanceId,
        CpuCredits: cpuCredits,
      })),
      NextToken,
    };
  },
} satisfies Ec2Handlers;
