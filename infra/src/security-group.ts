import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** A TCP port, or all from one to another. */
export type Ports = number | { readonly from: number; readonly to: number };

/** Who may connect, and to which TCP ports. */
export interface SecurityGroupProps {
  readonly name: string;
  /**
   * Shown in the console; AWS cannot change it later without replacing the group. At most 255 letters, digits, blanks
   * and `._-:/()#,@[]+=&;{}!$*`.
   */
  readonly description: string;
  readonly vpcId: string;
  /** The TCP ports that the sources may connect to. */
  readonly port: Ports | readonly Ports[];
  /** IPv4 CIDR blocks that may connect. */
  readonly cidrs?: readonly string[];
  /** Ids of security groups whose members may connect. */
  readonly sourceGroupIds?: readonly string[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/**
 * A security group that admits TCP ports from the given sources and lets everything out.
 *
 * Each rule is a resource of its own, so a later rule (another port) is an addition and touches nothing.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 *
 * Terraform names, for a construct with id `x`: group `x`, rules `x_<port>_cidr_0`, `x_<port>_group_0`, …, `x_all`;
 * `x_<from>_to_<to>_group_0` where it is several ports.
 */
export class SecurityGroup extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id);
    if (!DESCRIPTION.test(props.description)) {
      throw new RangeError(
        `The description of security group "${props.name}" has characters that AWS refuses: "${props.description}"`,
      );
    }
    const group = pinned(
      new AwsSecurityGroup(this, "group", {
        name: props.name,
        description: props.description,
        vpcId: props.vpcId,
        tags: { Name: props.name },
      }),
      id,
    );
    this.id = group.id;
    // Terraform removes the rule that AWS gives a new group, so leaving has to be allowed in words.
    pinned(
      new VpcSecurityGroupEgressRule(this, "egress", {
        securityGroupId: this.id,
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
      `${id}_all`,
    );
    const { cidrs = [], sourceGroupIds = [] } = props;
    for (const ports of [props.port].flat()) {
      const name = typeof ports === "number" ? `${ports}` : `${ports.from}_to_${ports.to}`;
      for (const [index, cidrIpv4] of cidrs.entries())
        this.admit(`${id}_${name}_cidr_${index}`, ports, { cidrIpv4 });
      for (const [index, referencedSecurityGroupId] of sourceGroupIds.entries())
        this.admit(`${id}_${name}_group_${index}`, ports, { referencedSecurityGroupId });
    }
  }

  private admit(
    logicalId: string,
    ports: Ports,
    source: { cidrIpv4: string } | { referencedSecurityGroupId: string },
  ): void {
    pinned(
      new VpcSecurityGroupIngressRule(this, logicalId, {
        securityGroupId: this.id,
        ipProtocol: "tcp",
        fromPort: typeof ports === "number" ? ports : ports.from,
        toPort: typeof ports === "number" ? ports : ports.to,
        ...source,
      }),
      logicalId,
    );
  }
}
