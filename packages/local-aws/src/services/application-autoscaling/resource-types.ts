import type {
  MetricType,
  PolicyType,
  ScalableDimension,
  ServiceNamespace,
} from "@aws-sdk/client-application-auto-scaling";
import { validation } from "./faults.ts";
import type { TargetKey } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** What Application Auto Scaling knows of a kind of resource. */
interface ResourceType {
  /** What identifiers of such resources look like. */
  readonly id: RegExp;
  /** The metrics that policies can track by name; `ALBRequestCountPerTarget` needs a load balancer before the resource. */
  readonly metrics: string;
}

const TABLE_ID = /^table\/[^/]+$/;
const INDEX_ID = /^table\/[^/]+\/index\/[^/]+$/;
const KEYSPACE_TABLE_ID = /^keyspace\/[^/]+\/table\/[^/]+$/;
const VARIANT_ID = /^endpoint\/[^/]+\/variant\/[^/]+$/;
const GROUP_ID = /^replication-group\/[^/]+$/;
const CLUSTER_ID = /^cluster:[^/:]+$/;

/**
 * Every scalable dimension. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html,
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
 */
const TYPES: Readonly<Record<ScalableDimension, ResourceType>> = {
  "ecs:service:DesiredCount": {
    id: /^service\/[^/]+\/[^/]+$/,
    metrics:
      "ECSServiceAverageCPUUtilization ECSServiceAverageMemoryUtilization ALBRequestCountPerTarget ECSServiceAverageCPUUtilizationHighResolution ECSServiceAverageMemoryUtilizationHighResolution",
  },
  "ec2:spot-fleet-request:TargetCapacity": {
    id: /^spot-fleet-request\/[^/]+$/,
    metrics:
      "EC2SpotFleetRequestAverageCPUUtilization EC2SpotFleetRequestAverageNetworkIn EC2SpotFleetRequestAverageNetworkOut ALBRequestCountPerTarget",
  },
  "elasticmapreduce:instancegroup:InstanceCount": {
    id: /^instancegroup\/[^/]+\/[^/]+$/,
    metrics: "",
  },
  "appstream:fleet:DesiredCapacity": {
    id: /^fleet\/[^/]+$/,
    metrics: "AppStreamAverageCapacityUtilization",
  },
  "dynamodb:table:ReadCapacityUnits": { id: TABLE_ID, metrics: "DynamoDBReadCapacityUtilization" },
  "dynamodb:table:WriteCapacityUnits": {
    id: TABLE_ID,
    metrics: "DynamoDBWriteCapacityUtilization",
  },
  "dynamodb:index:ReadCapacityUnits": { id: INDEX_ID, metrics: "DynamoDBReadCapacityUtilization" },
  "dynamodb:index:WriteCapacityUnits": {
    id: INDEX_ID,
    metrics: "DynamoDBWriteCapacityUtilization",
  },
  "rds:cluster:ReadReplicaCount": {
    id: CLUSTER_ID,
    metrics: "RDSReaderAverageCPUUtilization RDSReaderAverageDatabaseConnections",
  },
  "sagemaker:variant:DesiredInstanceCount": {
    id: VARIANT_ID,
    metrics:
      "SageMakerVariantInvocationsPerInstance SageMakerVariantConcurrentRequestsPerModelHighResolution",
  },
  "sagemaker:variant:DesiredProvisionedConcurrency": {
    id: VARIANT_ID,
    metrics: "SageMakerVariantProvisionedConcurrencyUtilization",
  },
  "sagemaker:inference-component:DesiredCopyCount": {
    id: /^inference-component\/[^/]+$/,
    metrics:
      "SageMakerInferenceComponentInvocationsPerCopy SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
  },
  "custom-resource:ResourceType:Property": { id: /^https:\/\/.+$/, metrics: "" },
  "comprehend:document-classifier-endpoint:DesiredInferenceUnits": {
    id: /^arn:.+:document-classifier-endpoint\/[^/]+$/,
    metrics: "ComprehendInferenceUtilization",
  },
  "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits": {
    id: /^arn:.+:entity-recognizer-endpoint\/[^/]+$/,
    metrics: "ComprehendInferenceUtilization",
  },
  "lambda:function:ProvisionedConcurrency": {
    id: /^function:[^:]+:[^:]+$/,
    metrics: "LambdaProvisionedConcurrencyUtilization",
  },
  "cassandra:table:ReadCapacityUnits": {
    id: KEYSPACE_TABLE_ID,
    metrics: "CassandraReadCapacityUtilization",
  },
  "cassandra:table:WriteCapacityUnits": {
    id: KEYSPACE_TABLE_ID,
    metrics: "CassandraWriteCapacityUtilization",
  },
  "kafka:broker-storage:VolumeSize": {
    id: /^arn:.+:cluster\/.+$/,
    metrics: "KafkaBrokerStorageUtilization",
  },
  "elasticache:cache-cluster:Nodes": {
    id: /^cache-cluster\/[^/]+$/,
    metrics: "ElastiCacheEngineCPUUtilization ElastiCacheDatabaseMemoryUsagePercentage",
  },
  "elasticache:replication-group:NodeGroups": {
    id: GROUP_ID,
    metrics:
      "ElastiCachePrimaryEngineCPUUtilization ElastiCacheDatabaseMemoryUsageCountedForEvictPercentage ElastiCacheDatabaseCapacityUsageCountedForEvictPercentage",
  },
  "elasticache:replication-group:Replicas": {
    id: GROUP_ID,
    metrics: "ElastiCacheReplicaEngineCPUUtilization",
  },
  "neptune:cluster:ReadReplicaCount": {
    id: CLUSTER_ID,
    metrics: "NeptuneReaderAverageCPUUtilization",
  },
  "workspaces:workspacespool:DesiredUserSessions": {
    id: /^workspacespool\/[^/]+$/,
    metrics: "WorkSpacesAverageUserSessionsCapacityUtilization",
  },
};

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html#autoscaling-PutScalingPolicy-request-PolicyType */
const WITHOUT_STEPS = "dynamodb comprehend lambda cassandra kafka elasticache neptune".split(" ");

/** Which target an input means. @throws AwsError `ValidationException` where there can be no such target */
export function toKey({
  ServiceNamespace: namespace,
  ResourceId: resourceId,
  ScalableDimension: dimension,
}: {
  readonly ServiceNamespace: ServiceNamespace;
  readonly ResourceId: string;
  readonly ScalableDimension: ScalableDimension;
}): TargetKey {
  const isOne = dimension.startsWith(`${namespace}:`) && TYPES[dimension].id.test(resourceId);
  if (!isOne) throw validation(TEXTS.unsupported());
  return { namespace, resourceId, dimension };
}

export const canTrack = (dimension: ScalableDimension, metric: MetricType): boolean =>
  TYPES[dimension].metrics.split(" ").includes(metric);

export const hasPolicyType = (namespace: ServiceNamespace, type: PolicyType): boolean =>
  type !== "StepScaling" || !WITHOUT_STEPS.includes(namespace);
