import { github, QUOTED, text } from "../kit/text.ts";

const ACTIVITIES =
  "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html";
const API = (operation: string) =>
  `https://docs.aws.amazon.com/autoscaling/application/APIReference/API_${operation}.html`;

/** What Application Auto Scaling says. Without a source it is unverified. */
export const TEXTS = {
  notRegistered: text(
    "No scalable target registered for service namespace: {namespace}, resource ID: {resourceId}, scalable dimension: {dimension}",
    github("ansible/ansible/pull/35632"),
  ),
  noTarget: text(
    "No scalable target found for service namespace: {namespace}, resource ID: {resourceId}, scalable dimension: {dimension}",
    QUOTED,
  ),
  noPolicy: text(
    "No scaling policy found for service namespace: {namespace}, resource ID: {resourceId}, scalable dimension: {dimension}, policy name: {name}",
    QUOTED,
  ),
  noAction: text(
    "No scheduled action found for service namespace: {namespace}, resource ID: {resourceId}, scalable dimension: {dimension}, scheduled action name: {name}",
  ),
  unsupported: text("Unsupported service namespace, resource type or scalable dimension", QUOTED),
  noService: text("ECS service doesn't exist: {resourceId}", QUOTED),
  maxBelowMin: text("Maximum capacity cannot be less than minimum capacity"),
  negative: text("{what} capacity cannot be less than 0"),
  bothCapacities: text(
    "MinCapacity and MaxCapacity must be specified to register a scalable target",
  ),
  oneCapacity: text("MinCapacity or MaxCapacity must be specified"),
  roleNeeded: text("RoleARN must be specified for service namespace: {namespace}"),
  dimensionNeedsResource: text("ResourceId must be specified when ScalableDimension is specified"),
  invalidNextToken: text("Invalid next token."),
  noSuchArn: text("No scalable target found for ARN: {arn}"),
  tooManyTags: text("A scalable target can have at most 50 tags."),
  reservedTag: text("Tag key {key} begins with aws:, which is reserved for AWS."),

  // Scaling policies.
  oneTracking: text(
    "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
    github("cdklabs/cdk-ecs-service-extensions/issues/35"),
  ),
  configurationNeeded: text("{configuration} must be specified for policy type {type}"),
  configurationUnfit: text("{configuration} alone can be specified for policy type {type}"),
  noStepScaling: text("StepScaling is not supported for service namespace: {namespace}"),
  oneMetric: text(
    "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified",
  ),
  unfitMetric: text(
    "PredefinedMetricType {type} is not supported for scalable dimension: {dimension}",
  ),
  labelNeeded: text("ResourceLabel must be specified for PredefinedMetricType {type}"),
  labelUnfit: text("ResourceLabel cannot be specified for PredefinedMetricType {type}"),
  labelForm: text(
    "Invalid ResourceLabel: {label}. It has the form app/load-balancer-name/load-balancer-id/targetgroup/target-group-name/target-group-id",
  ),
  metricIncomplete: text(
    "CustomizedMetricSpecification must have MetricName, Namespace and Statistic, or Metrics",
  ),
  oneReturned: text("Exactly one element of Metrics must have ReturnData set to true"),
  queryForm: text("Element {id} of Metrics must have either Expression or MetricStat"),
  targetValue: text("TargetValue must be greater than 0"),
  cooldown: text("Cooldown cannot be less than 0"),
  noAdjustmentType: text("AdjustmentType must be specified"),
  noSteps: text("At least one step adjustment must be specified"),
  tooManySteps: text("A step scaling policy can have at most 20 step adjustments"),
  stepBounds: text(
    "MetricIntervalUpperBound must be greater than MetricIntervalLowerBound in a step adjustment",
  ),
  stepOpenBelow: text("At most one step adjustment may have an unspecified lower bound"),
  stepOpenAbove: text("At most one step adjustment may have an unspecified upper bound"),
  stepOverlap: text("Step adjustment intervals cannot overlap"),
  stepGap: text("Step adjustment intervals cannot have gaps between them"),
  stepClosed: text(
    "A step adjustment needs an unspecified bound where the interval does not end at 0",
  ),
  stepNegative: text("ScalingAdjustment cannot be negative for AdjustmentType ExactCapacity"),
  magnitude: text(
    "MinAdjustmentMagnitude can be specified only for AdjustmentType PercentChangeInCapacity",
  ),

  // Scheduled actions.
  scheduleNeeded: text("Schedule must be specified"),
  scheduleForm: text("Invalid schedule expression: {schedule}"),
  zoneForm: text("Invalid time zone: {zone}"),
  scheduleEnd: text("EndTime must be later than StartTime"),

  // Activities.
  settingCount: text("Setting desired count to {count}.", ACTIVITIES),
  countSet: text(
    "Successfully set desired count to {count}. Change successfully fulfilled by ecs.",
    ACTIVITIES,
  ),
  countWaits: text(
    "Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs.",
    API("DescribeScalingActivities"),
  ),
  countOverridden: text(
    "Successfully set desired count to {count}. Found it was later changed to {now}.",
    QUOTED,
  ),
  countUnfulfilled: text(
    "Successfully set desired count to {count}. The ECS service is not there any more.",
  ),
  byAlarm: text(
    "monitor alarm {alarm} in state {state} triggered policy {policy}",
    API("DescribeScalingActivities"),
  ),
  minimumSet: text("minimum capacity was set to {count}", API("DescribeScalingActivities")),
  maximumSet: text("maximum capacity was set to {count}", API("DescribeScalingActivities")),
  settingBounds: text("Setting minimum capacity to {min} and maximum capacity to {max}"),
  bySchedule: text("scheduled action {name} was due"),
  notScaling: text("Attempting to scale due to alarm triggered", QUOTED),
};
