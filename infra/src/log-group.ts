import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** What a log group is called and how long it remembers. */
export interface LogGroupProps {
  readonly name: string;
  /** Days until an event is deleted; one of the values that CloudWatch Logs knows. 180 unless told. */
  readonly retentionInDays?: number;
}

/**
 * A log group that forgets: without a retention CloudWatch Logs keeps, and charges for, everything for ever.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 *
 * Terraform name, for a construct with id `x`: `x`.
 */
export class LogGroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const { name, retentionInDays = 180 } = props;
    this.name = pinned(new CloudwatchLogGroup(this, "group", { name, retentionInDays }), id).name;
  }
}
