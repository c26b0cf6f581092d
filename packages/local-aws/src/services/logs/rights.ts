import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { groupArn } from "./find.ts";
import { logGroups } from "./state.ts";

interface Input {
  readonly logGroupName?: string;
  readonly logGroupIdentifier?: string;
  readonly logStreamName?: string;
  readonly resourceIdentifier?: string;
}

/** Of a log group that is given by its ARN, the name. */
const nameIn = (identifier: string) => /:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;

/** A group's own ARN in policies ends with `:*`, which is where its streams are. */
const streams = (
  { logGroupName, logGroupIdentifier, resourceIdentifier, logStreamName = "" }: Input,
  context: CallContext,
) => {
  const group = logGroupName ?? nameIn(logGroupIdentifier ?? resourceIdentifier ?? "");
  return `${groupArn(context, group)}:log-stream:${logStreamName}`;
};

/** What IAM has to allow who uses CloudWatch Logs. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export const rights: RightsTable<CallContext> = {
  prefix: "logs",
  resources: [
    [
      streams,
      "CreateLogGroup DeleteLogGroup DescribeLogGroups PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey PutLogGroupDeletionProtection CreateLogStream DeleteLogStream DescribeLogStreams PutLogEvents GetLogEvents FilterLogEvents PutMetricFilter DeleteMetricFilter DescribeMetricFilters TagLogGroup UntagLogGroup ListTagsLogGroup",
    ],
    [
      ({ resourceArn }: { resourceArn: string }) => resourceArn.replace(/:\*$/, ""),
      "TagResource UntagResource ListTagsForResource",
    ],
  ],
  tagsOf: (arn, { store }) => store.of(logGroups).get(nameIn(arn))?.tags,
};
