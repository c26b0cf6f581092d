import type { Members } from "../kit/members.ts";
import { defineService, type Service } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import { accountSettingHandlers } from "./account-settings.ts";
import { capacityProviderHandlers } from "./providers/handlers.ts";
import { capacityProviders } from "./providers/state.ts";
import { clusterHandlers } from "./clusters.ts";
import { executeCommandHandlers } from "./execute-command.ts";
import type { EcsHandlers } from "./handlers.ts";
import { attributeHandlers } from "./instances/attribute-handlers.ts";
import { containerInstanceHandlers } from "./instances/handlers.ts";
import { containerInstances } from "./instances/state.ts";
import { serviceDeploymentHandlers } from "./rollouts/handlers.ts";
import { serviceHandlers } from "./services.ts";
import { taskProtectionHandlers } from "./task-protection.ts";
import { tagHandlers } from "./tag-operations.ts";
import { taskDefinitionHandlers } from "./task-definitions.ts";
import { taskHandlers } from "./tasks.ts";
import { taskSetHandlers } from "./task-sets/handlers.ts";
import { clusters, taskDefinitions, ecsServices, tasks } from "./state.ts";
import { rights } from "./rights.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    CreateCapacityProviderRequest: "cluster managedInstancesProvider",
    UpdateCapacityProviderRequest: "cluster managedInstancesProvider",
    DeleteCapacityProviderRequest: "cluster",
    CreateServiceRequest:
      "serviceConnectConfiguration serviceRegistries volumeConfigurations vpcLatticeConfigurations gatewayConnectors monitoring",
    UpdateServiceRequest:
      "serviceConnectConfiguration serviceRegistries volumeConfigurations vpcLatticeConfigurations gatewayConnectors monitoring",
    DeploymentConfiguration: "earlySuccessCriteria",
    ExecuteCommandConfiguration: "kmsKeyId",
    RegisterTaskDefinitionRequest: "inferenceAccelerators",
    CreateTaskSetRequest: "serviceRegistries",
    RunTaskRequest: "volumeConfigurations",
    StartTaskRequest: "volumeConfigurations",
    TaskOverride: "inferenceAcceleratorOverrides",
    ContainerOverride: "resourceRequirements",
  },
  meaningless: [
    {
      why: [
        "Stored and shown. A task that has it does not start, and says so by name.",
        "保存され、表示されます。これを持つタスクは起動せず、理由に名前が示されます。",
      ],
      members: {
        RepositoryCredentials: "credentialsParameter",
        ResourceRequirement: "sharingStrategy value",
        FirelensConfiguration: "type options",
        Device: "containerPath hostPath permissions",
        Volume:
          "s3filesVolumeConfiguration fsxWindowsFileServerVolumeConfiguration configuredAtLaunch",
        ProxyConfiguration: "type containerName properties",
      },
    },
    {
      why: [
        "Stored and shown. A file system is a directory of this machine, which needs no encryption on its way.",
        "保存され、表示されます。ファイルシステムはこのマシンのディレクトリなので、転送時の暗号化は不要です。",
      ],
      members: { EFSVolumeConfiguration: "transitEncryption transitEncryptionPort" },
    },
    {
      why: [
        "Stored and shown. A volume of an instance is a directory, which Docker has nothing to do with; it is made where it is not there.",
        "保存され、表示されます。インスタンスのボリュームはディレクトリで、Docker は関わりません。なければ作られます。",
      ],
      members: { DockerVolumeConfiguration: "autoprovision labels" },
    },
    {
      why: [
        "Stored and shown. They speak of an Active Directory, and there is none here.",
        "保存され、表示されます。Active Directory についてのもので、ここにはありません。",
      ],
      members: { ContainerDefinition: "credentialSpecs" },
    },
    {
      why: ["There is one type: a file in S3.", "種類は S3 のファイルの 1 つだけです。"],
      members: { EnvironmentFile: "type" },
    },
    {
      why: [
        "Stored and shown. Only Service Connect and VPC Lattice use it, and services that ask for them are refused.",
        "保存され、表示されます。これを使うのは Service Connect と VPC Lattice だけで、それらを求めるサービスは拒否されます。",
      ],
      members: { PortMapping: "name appProtocol" },
    },
    {
      why: [
        "Stored and shown. No storage is encrypted here.",
        "保存され、表示されます。ここではストレージは暗号化されません。",
      ],
      members: {
        ClusterConfiguration: "managedStorageConfiguration",
        ExecuteCommandLogConfiguration: "cloudWatchEncryptionEnabled s3EncryptionEnabled",
      },
    },
    {
      why: ["For AWS's own use.", "AWS 自身が使うものです。"],
      members: { RunTaskRequest: "referenceId", StartTaskRequest: "referenceId" },
    },
    {
      why: [
        "Container instances are the only targets that attributes have.",
        "属性を持つ対象はコンテナインスタンスだけです。",
      ],
      members: { Attribute: "targetType" },
    },
  ],
  usedIn: {
    "placement/wishes.ts": { UpdateServiceRequest: "placementConstraints placementStrategy" },
    "providers/handlers.ts": {
      AutoScalingGroupProviderUpdate: "managedTerminationProtection",
    },
    "placement/fitting.ts": { TaskDefinitionPlacementConstraint: "type" },
    "run-task.ts": { StartTaskRequest: "enableECSManagedTags propagateTags tags" },
  },
};

const handlers = {
  ...accountSettingHandlers,
  ...attributeHandlers,
  ...capacityProviderHandlers,
  ...clusterHandlers,
  ...executeCommandHandlers,
  ...containerInstanceHandlers,
  ...serviceDeploymentHandlers,
  ...serviceHandlers,
  ...tagHandlers,
  ...taskProtectionHandlers,
  ...taskDefinitionHandlers,
  ...taskHandlers,
  ...taskSetHandlers,
} satisfies EcsHandlers;

/** Amazon Elastic Container Service, https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html */
export const service = defineService({
  id: "ecs",
  rights,
  fault: "ServerException",
  members,
  tagging: {
    kinds: [
      taggedKind(clusters),
      taggedKind(containerInstances),
      taggedKind(capacityProviders),
      taggedKind(taskDefinitions),
      taggedKind(ecsServices),
      taggedKind(tasks),
    ],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"], (tags) =>
      Object.entries(tags).map(([key, value]) => ({ key, value })),
    ),
  },
  handlers: handlers as Service["handlers"],
});
