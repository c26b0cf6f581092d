import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** One port that the load balancer answers on, and who answers. */
export interface ListenerProps {
  readonly port: number;
  readonly targetGroupArn: string;
}

/** Where a load balancer stands and what it listens on. */
export interface LoadBalancerProps {
  /** At most 32 characters. */
  readonly name: string;
  /** Public subnets in two zones at least. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly listeners: readonly ListenerProps[];
  /** What connects the subnets to the internet, where the same stack makes it: AWS refuses the load balancer without. */
  readonly internet?: ITerraformDependable;
}

/**
 * An internet-facing Application Load Balancer with an HTTP listener for each port.
 *
 * It refers to nothing but the subnets and its security groups, so Terraform starts it early: it takes longer than
 * all the rest.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
 *
 * Terraform names, for a construct with id `x`: load balancer `x`, listeners `x_<port>`.
 */
export class LoadBalancer extends Construct {
  readonly arn: string;
  /** The end of its ARN, by which CloudWatch knows it: `app/name/id`. */
  readonly arnSuffix: string;
  readonly dnsName: string;
  /** By port. A service can only be made once a listener leads to its target group. */
  readonly listeners: ReadonlyMap<number, ITerraformDependable>;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const balancer = pinned(
      new Lb(this, "load_balancer", {
        name: props.name,
        loadBalancerType: "application",
        internal: false,
        subnets: [...props.subnetIds],
        securityGroups: [...props.securityGroupIds],
        ...(props.internet && { dependsOn: [props.internet] }),
      }),
      id,
    );
    this.arn = balancer.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.dnsName = balancer.dnsName;
    this.listeners = new Map(
      props.listeners.map(({ port, targetGroupArn }) => {
        const listener = new LbListener(this, `listener_${port}`, {
          loadBalancerArn: balancer.arn,
          port,
          protocol: "HTTP",
          defaultAction: [{ type: "forward", targetGroupArn }],
        });
        return [port, pinned(listener, `${id}_${port}`)];
      }),
    );
  }
  /**
   * The listener on a port, for what has to be made after it.
   *
   * @throws {RangeError} where it has none on that port
   */
  listener(port: number): ITerraformDependable {
    const listener = this.listeners.get(port);
    if (listener === undefined)
      throw new RangeError(`The load balancer has no listener on port ${port}`);
    return listener;
  }
}
