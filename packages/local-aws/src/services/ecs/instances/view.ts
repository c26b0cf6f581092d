import type {
  ContainerInstance as Sdk,
  ContainerInstanceField,
  Resource,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { isPending, isRunning } from "../counts.ts";
import { remainingOf, tasksOn, type Remaining } from "../placement/remaining.ts";
import { fromTags } from "../tags.ts";
import type { ContainerInstance } from "./state.ts";

/** A container instance as the API shows it. */
export function describeContainerInstance(
  scope: Scope,
  instance: ContainerInstance,
  include: readonly ContainerInstanceField[] = [],
): Sdk {
  const { registered, taskInterfaces } = instance;
  const tasks = tasksOn(scope, instance.arn);
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    capacityProviderName: instance.capacityProviderName,
    version: instance.version,
    versionInfo: {
      agentVersion: instance.agentVersion,
      agentHash: "",
      dockerVersion: `DockerVersion: ${instance.dockerVersion}`,
    },
    remainingResources: resources(remainingOf(scope, instance)),
    registeredResources: resources({ ...registered, interfaces: taskInterfaces }),
    status: instance.status,
    agentConnected: instance.agentConnected,
    runningTasksCount: tasks.filter(isRunning).length,
    pendingTasksCount: tasks.filter(isPending).length,
    attributes: instance.attributes.map((attribute) => ({ ...attribute })),
    registeredAt: new Date(instance.registeredAt),
    attachments: [],
    tags: include.includes("TAGS") ? fromTags(instance.tags) : [],
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Resource.html */
function resources({ cpu, memoryMiB, ports, udpPorts }: Remaining): Resource[] {
  const none = { doubleValue: 0, longValue: 0, integerValue: 0 };
  return [
    { ...none, name: "CPU", type: "INTEGER", integerValue: cpu },
    { ...none, name: "MEMORY", type: "INTEGER", integerValue: memoryMiB },
    { ...none, name: "PORTS", type: "STRINGSET", stringSetValue: [...ports] },
    { ...none, name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [...udpPorts] },
  ];
}
