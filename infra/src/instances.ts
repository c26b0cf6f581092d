import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { Fn, Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { Cluster } from "./cluster.ts";
import { IamRole } from "./iam-role.ts";
import { pinned } from "./logical-id.ts";
import type { Network } from "./network.ts";
import { SecurityGroup } from "./security-group.ts";

/** Machines for the tasks of a cluster. */
export interface InstancesProps {
  /** Of the group, the launch template, the instance profile and the security group. */
  readonly name: string;
  readonly roleName: string;
  readonly network: Network;
  readonly cluster: Cluster;
  /** How many there are. */
  readonly count: number;
  /** `t2.micro` unless told. */
  readonly instanceType?: string;
}

/**
 * EC2 instances that join a cluster, as many all the time: AWS's newest image for ECS, in private subnets. Nobody connects to them from
 * outside.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/launch_container_instance.html
 *
 * Terraform names, for a construct with id `x`: launch template `x`, `x_role`, `x_profile`, `x_security_group`, `x_image`, `x_group`.
 */
export class Instances extends Construct {
  /** What has to exist before a service can place a task on one. */
  readonly ready: ITerraformDependable;

  constructor(scope: Construct, id: string, props: InstancesProps) {
    super(scope, id);
    const { name, network, count } = props;
    const role = new IamRole(this, `${id}_role`, {
      name: props.roleName,
      identifier: "ec2.amazonaws.com",
      managedPolicyArns: [
        "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
      ],
    });
    const template = this.template(id, props, role);
    this.ready = pinned(
      new AutoscalingGroup(this, "group", {
        name,
        minSize: count,
        maxSize: count,
        vpcZoneIdentifier: network.privateSubnetIds,
        launchTemplate: { id: template.id, version: Token.asString(template.latestVersion) },
        forceDelete: true,
        // They reach ECS through the network's way out, as a role that may.
        dependsOn: [network.egress, ...role.permissions],
      }),
      `${id}_group`,
    );
  }

  private template(
    id: string,
    { name, network, cluster, instanceType = "t2.micro" }: InstancesProps,
    role: IamRole,
  ): LaunchTemplate {
    const profile = new IamInstanceProfile(this, "profile", { name, role: role.name });
    const securityGroup = new SecurityGroup(this, `${id}_security_group`, {
      name,
      description: "The instances, for nobody outside of them",
      vpcId: network.vpcId,
      port: [],
    });
    const image = new DataAwsSsmParameter(this, "image", {
      name: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    });
    const joins = `#!/bin/bash\necho ECS_CLUSTER=${cluster.name} >> /etc/ecs/ecs.config\n`;
    const template = new LaunchTemplate(this, "template", {
      name,
      imageId: pinned(image, `${id}_image`).insecureValue,
      instanceType,
      iamInstanceProfile: { arn: pinned(profile, `${id}_profile`).arn },
      vpcSecurityGroupIds: [securityGroup.id],
      userData: Fn.base64encode(joins),
    });
    return pinned(template, id);
  }
}
