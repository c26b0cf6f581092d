import type * as Ec2 from "@aws-sdk/client-ec2";
import { ownName, type Place } from "../../../ground/arn.ts";
import { AwsError } from "../../../protocol/aws-error.ts";
import type { Scope } from "../../../store/store.ts";
import { mayAssume } from "../../iam/authorize.ts";
import { unsupported } from "../../kit/faults.ts";
import type { CallContext } from "../../service.ts";
import { describe } from "../describe.ts";
import * as faults from "../faults.ts";
import type { FilterTable } from "../filters.ts";
import type { Ec2Handlers } from "../handlers.ts";
import { newId } from "../ids.ts";
import {
  FLOW_LOG,
  NETWORK_INTERFACE,
  requireResource,
  SUBNET,
  VPC,
  type ResourceType,
} from "../resources.ts";
import { tagsFromSpecifications, toTagList } from "../tags.ts";
import { DEFAULT_FORMAT, readFormat } from "./record-format.ts";
import { flowLogs, type FlowLog } from "./state.ts";

const RESOURCES: Readonly<Record<"VPC" | "Subnet" | "NetworkInterface", ResourceType>> = {
  VPC,
  Subnet: SUBNET,
  NetworkInterface: NETWORK_INTERFACE,
};
const INTERVALS = [60, 600];
const DESTINATION = "cloud-watch-logs";

function toApiFlowLog(scope: Scope, log: Readonly<FlowLog>): Ec2.FlowLog {
  const { account, region } = scope;
  return {
    CreationTime: new Date(log.createdAt),
    DeliverLogsErrorMessage: log.error,
    DeliverLogsPermissionArn: log.roleArn,
    DeliverLogsStatus: log.error === undefined ? "SUCCESS" : "FAILED",
    FlowLogId: log.flowLogId,
    FlowLogStatus: "ACTIVE",
    LogGroupName: log.logGroupName,
    ResourceId: log.resourceId,
    TrafficType: log.trafficType,
    LogDestinationType: DESTINATION,
    LogDestination: `arn:aws:logs:${region}:${account}:log-group:${log.logGroupName}`,
    LogFormat: log.format,
    MaxAggregationInterval: log.intervalSeconds,
    Tags: toTagList(log.tags),
  };
}

const filters: FilterTable<FlowLog> = {
  "deliver-log-status": ({ error }) => (error === undefined ? "SUCCESS" : "FAILED"),
  "flow-log-id": ({ flowLogId }) => flowLogId,
  "log-destination-type": () => DESTINATION,
  "log-group-name": ({ logGroupName }) => logGroupName,
  "resource-id": ({ resourceId }) => resourceId,
  "traffic-type": ({ trafficType }) => trafficType,
};

/** The log group that a request names, by its name or its ARN. */
function groupOf(
  { LogGroupName, LogDestination }: Ec2.CreateFlowLogsRequest,
  place: Place,
): string {
  const [, named] =
    /^([^:]+)(?::\*)?$/.exec(ownName(LogDestination ?? "", "logs", "log-group:", place)) ?? [];
  if (LogDestination !== undefined && named === undefined)
    throw faults.invalidParameter(`LogDestination: ${LogDestination} is not a valid log group ARN`);
  const group = LogGroupName ?? named;
  if (group === undefined) throw faults.missingParameter("LogGroupName");
  return group;
}

/** What is delivered, and by whom. @throws AwsError */
function settingsOf(input: Ec2.CreateFlowLogsRequest, context: CallContext) {
  const { LogDestinationType: type = DESTINATION, TrafficType: trafficType } = input;
  const { MaxAggregationInterval: intervalSeconds = 600, LogFormat: format = DEFAULT_FORMAT } =
    input;
  if (type !== DESTINATION) throw unsupported(`flow logs to ${type}: use ${DESTINATION}`);
  if (!context.settings.hasPackets)
    throw unsupported(
      "flow logs where tasks are processes: they send no packets of their own. ./workbook doctor says what containers need",
    );
  const roleArn = input.DeliverLogsPermissionArn;
  if (!roleArn)
    throw faults.invalidParameter(
      `DeliverLogsPermissionArn can't be empty if LogDestinationType is ${DESTINATION}.`,
    );
  if (!trafficType) throw faults.missingParameter("TrafficType");
  if (!INTERVALS.includes(intervalSeconds))
    throw faults.invalidParameter(`Invalid MaxAggregationInterval: ${intervalSeconds}`);
  readFormat(format);
  const call = {
    service: FLOW_LOGS,
    sourceArn: "*",
    region: context.region,
    now: context.clock.now(),
  };
  if (!mayAssume(context.cloud, context.account, roleArn, call))
    throw faults.invalidParameter(
      `Unable to assume given IAM role: ${roleArn}. Its trust policy must let ${FLOW_LOGS} assume it.`,
    );
  return { trafficType, logGroupName: groupOf(input, context), roleArn, format, intervalSeconds };
}

/** The service that delivers records. https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
export const FLOW_LOGS = "vpc-flow-logs.amazonaws.com";

/** Flow logs to CloudWatch Logs. https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html */
export const flowLogHandlers = {
  CreateFlowLogs(input, context) {
    const { store, clock } = context;
    const { ResourceIds: ids = [], ResourceType: type = "VPC", TagSpecifications } = input;
    if (ids.length === 0) throw faults.missingParameter("ResourceIds");
    if (type !== "VPC" && type !== "Subnet" && type !== "NetworkInterface")
      throw unsupported(`flow logs of the resource type ${type}`);
    const settings = settingsOf(input, context);
    const tags = tagsFromSpecifications(TagSpecifications, FLOW_LOG.type);
    const made = ids.map((resourceId) => {
      requireResource(store, RESOURCES[type], resourceId);
      const { trafficType, logGroupName } = settings;
      const same = store
        .of(flowLogs)
        .find(
          (log) =>
            log.resourceId === resourceId &&
            log.logGroupName === logGroupName &&
            log.trafficType === trafficType,
        );
      if (same)
        throw new AwsError(
          "FlowLogAlreadyExists",
          "Error. There is an existing Flow Log with the same configuration and log destination.",
        );
      const flowLogId = newId("fl");
      const log = { flowLogId, resourceId, ...settings, createdAt: clock.now(), tags };
      store.of(flowLogs).put(flowLogId, log);
      return flowLogId;
    });
    return { FlowLogIds: made, Unsuccessful: [] };
  },

  DescribeFlowLogs({ FlowLogIds, Filter, MaxResults, NextToken: token }, { store }) {
    const request = { ids: FlowLogIds, Filters: Filter, MaxResults, NextToken: token };
    const { items, NextToken } = describe(store, FLOW_LOG, request, filters);
    return { FlowLogs: items.map((log) => toApiFlowLog(store, log)), NextToken };
  },

  DeleteFlowLogs({ FlowLogIds: ids = [] }, { store }) {
    for (const id of ids) requireResource(store, FLOW_LOG, id);
    for (const id of ids) store.of(flowLogs).delete(id);
    return { Unsuccessful: [] };
  },
} satisfies Ec2Handlers;
