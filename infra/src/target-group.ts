import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** Where a service's tasks listen, and how to tell that they are well. */
export interface TargetGroupProps {
  /** At most 32 characters. */
  readonly name: string;
  readonly vpcId: string;
  /** The port that the tasks listen on. */
  readonly port: number;
  /** `/healthz` unless told. */
  readonly healthCheckPath?: string;
  /**
   * `ip` unless told: tasks in `awsvpc` mode are reached by their own address. Those in `bridge` or `host` mode are reached through
   * their `instance`.
   */
  readonly targetType?: "ip" | "instance";
}

/** Seconds a leaving task keeps its open requests. The apps answer in milliseconds, and AWS's 300 make every deployment wait. */
const DEREGISTRATION_DELAY_SECONDS = 30;

/**
 * A target group for a service's tasks.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html
 *
 * Terraform name, for a construct with id `x`: `x`.
 */
export class TargetGroup extends Construct {
  readonly arn: string;
  readonly name: string;
  /** The end of its ARN, by which CloudWatch knows it: `targetgroup/name/id`. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const group = new LbTargetGroup(this, "target_group", {
      name: props.name,
      vpcId: props.vpcId,
      targetType: props.targetType ?? "ip",
      protocol: "HTTP",
      port: props.port,
      deregistrationDelay: String(DEREGISTRATION_DELAY_SECONDS),
      healthCheck: { path: props.healthCheckPath ?? "/healthz", matcher: "200" },
    });
    const { arn, name, arnSuffix } = pinned(group, id);
    this.arn = arn;
    this.name = name;
    this.arnSuffix = arnSuffix;
  }
}
