import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { lastPart } from "../../ground/arn.ts";
import { formatAddress, storedCidr } from "../../ground/cidr.ts";
import { networkInterfaces, subnets, vpcs } from "../../services/ec2/state.ts";
import { portsOf } from "../../services/ecs/network-rules.ts";
import {
  taskDefinitions,
  tasks,
  type Task,
  type TaskDefinition,
} from "../../services/ecs/state.ts";
import type { TaskContainer } from "../../services/ecs/task-container.ts";
import type { Scope } from "../../store/store.ts";
import { privateDomain } from "../../ground/private-domain.ts";

/** A task with what it was made from. */
export interface KnownTask {
  readonly task: Readonly<Task>;
  readonly definition: Readonly<TaskDefinition>;
}

/** The task with this ARN; undefined where the store has it no more. */
export function findTask(scope: Scope, taskArn: string): KnownTask | undefined {
  const task = scope.of(tasks).get(taskArn);
  const definition = task && scope.of(taskDefinitions).get(task.taskDefinitionArn);
  return task && definition && { task, definition };
}

/**
 * The answer to `/task`, as Fargate and the agent of an instance give it. Disk usage and clock drift are not measured here and are left out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
 */
export function taskDocument(scope: Scope, known: KnownTask): Record<string, unknown> {
  const { task, definition } = known;
  return {
    Cluster: task.clusterArn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    ...limits(known),
    PullStartedAt: instant(task.pullStartedAt),
    PullStoppedAt: instant(task.pullStoppedAt),
    ExecutionStoppedAt: instant(task.executionStoppedAt),
    AvailabilityZone: task.availabilityZone,
    LaunchType: task.launchType,
    Containers: task.containers.map((container) => containerDocument(scope, known, container)),
    ...(task.launchType === "EC2" ? ec2Members(scope, task) : fargateMembers(task)),
  };
}

/** What the task as a whole may have; on instances nobody needs to say. */
function limits({ task, definition }: KnownTask) {
  const own = task.launchType === "EC2" ? { ...definition, ...task.overrides } : task;
  const [cpu, memory] = [own.cpu, own.memory].map((it) => (it === undefined ? it : Number(it)));
  if (cpu === undefined && memory === undefined) return {};
  return { Limits: { CPU: cpu === undefined ? cpu : cpu / 1024, Memory: memory } };
}

const fargateMembers = ({ ephemeralStorageGiB }: Task) => ({
  EphemeralStorageMetrics: { Reserved: ephemeralStorageGiB * 1024 + FARGATE_RESERVED_MIB },
});

/** Fargate counts this much beside what the task asked for. */
const FARGATE_RESERVED_MIB = 16;

/** `/taskWithTags` adds the task's tags. */
export function tagsDocument({ task }: KnownTask): Record<string, unknown> {
  return { TaskTags: Object.fromEntries(task.tags.map(({ key, value }) => [key, value])) };
}

/** The answer to the endpoint itself: one container. */
export function containerDocument(
  scope: Scope,
  { task, definition }: KnownTask,
  container: TaskContainer,
): Record<string, unknown> {
  const own = definition.containerDefinitions.find(({ name }) => name === container.name);
  const onInstance = task.launchType === "EC2";
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: onInstance ? dockerName(definition, container) : container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      "com.amazonaws.ecs.cluster": task.clusterArn,
      "com.amazonaws.ecs.container-name": container.name,
      "com.amazonaws.ecs.task-arn": task.arn,
      "com.amazonaws.ecs.task-definition-family": definition.family,
      "com.amazonaws.ecs.task-definition-version": String(definition.revision),
      ...own?.dockerLabels,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    ExitCode: container.exitCode,
    // Linux gives no container fewer than two shares.
    Limits: { CPU: own?.cpu || 2, Memory: own?.memory },
    CreatedAt: instant(task.pullStoppedAt),
    StartedAt: instant(task.startedAt),
    FinishedAt: container.lastStatus === "STOPPED" ? instant(task.executionStoppedAt) : undefined,
    Type: "NORMAL",
    RestartCount: own?.restartPolicy?.enabled ? (container.restartCount ?? 0) : undefined,
    Health: own?.healthCheck ? { status: container.healthStatus } : undefined,
    ...logMembers(task, own),
    ContainerARN: container.arn,
    Networks: networks(scope, { task, definition }),
    ...(onInstance ? { Ports: ports(container) } : { Snapshotter: "overlayfs" }),
  };
}

/** How the agent names containers for Docker. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-response.html */
const dockerName = (
  { family, revision }: TaskDefinition,
  { name, runtimeId = "" }: TaskContainer,
) => `ecs-${family}-${revision}-${name}-${runtimeId.slice(0, 20)}`;

/** The ports of the instance that lead to a container: where it learns which one Docker chose. */
function ports({ bindings }: TaskContainer): readonly object[] | undefined {
  if (bindings.length === 0) return undefined;
  return bindings.flatMap((binding) => {
    const { hostPort, hostPortRange, protocol, bindIP } = binding;
    const [first, last] = portsOf(binding);
    const host = Number(hostPortRange?.split("-")[0] ?? hostPort);
    return Array.from({ length: last - first + 1 }, (_, index) => ({
      ContainerPort: first + index,
      Protocol: protocol,
      HostPort: host + index,
      HostIp: bindIP,
    }));
  });
}

/** The driver's options as it was started with: the stream in place of the prefix. */
function logMembers(task: Task, definition: ContainerDefinition | undefined) {
  const { logDriver, options = {} } = definition?.logConfiguration ?? {};
  if (logDriver === undefined) return {};
  const { "awslogs-stream-prefix": prefix, ...rest } = options;
  const stream =
    prefix === undefined
      ? {}
      : { "awslogs-stream": `${prefix}/${definition!.name}/${lastPart(task.arn)}` };
  return { LogDriver: logDriver, LogOptions: { ...rest, ...stream } };
}

function networks(scope: Scope, { task, definition }: KnownTask): readonly object[] {
  const eni = scope.of(networkInterfaces).get(task.networkInterfaceId ?? "");
  if (!eni) return [{ NetworkMode: definition.networkMode }];
  const subnet = scope.of(subnets).get(eni.subnetId);
  const vpc = scope.of(vpcs).get(eni.vpcId);
  const range = subnet && storedCidr(subnet.cidrBlock);
  return [
    {
      NetworkMode: definition.networkMode,
      IPv4Addresses: [eni.privateIpAddress],
      AttachmentIndex: 0,
      MACAddress: eni.macAddress,
      IPv4SubnetCIDRBlock: subnet?.cidrBlock,
      DomainNameServers: vpc && [formatAddress(storedCidr(vpc.cidrBlock).first + 2)],
      DomainNameSearchList: [privateDomain(scope.region)],
      PrivateDNSName: `ip-${eni.privateIpAddress.replaceAll(".", "-")}.${privateDomain(scope.region)}`,
      SubnetGatewayIpv4Address: range && `${formatAddress(range.first + 1)}/${range.prefix}`,
    },
  ];
}

/** What the agent on an EC2 instance tells and Fargate does not. */
function ec2Members(scope: Scope, task: Task) {
  const serviceName = task.group.startsWith("service:") ? task.group.slice(8) : undefined;
  const vpcId = scope.of(networkInterfaces).get(task.networkInterfaceId ?? "")?.vpcId;
  return { ServiceName: serviceName, VPCID: vpcId };
}

/** ISO 8601 with nine decimals, as Go writes it. */
function instant(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined
    ? undefined
    : new Date(milliseconds).toISOString().replace("Z", "000000Z");
}
