import { expect, test } from "vitest";

import { Cluster } from "./cluster.ts";
import { Instances } from "./instances.ts";
import { Network } from "./network.ts";
import { synthesised } from "./testing.ts";

test("instances join the cluster from private subnets, as a role that the agent needs, and nobody connects to them", () => {
  const { resource, data } = synthesised((scope) => {
    new Instances(scope, "instances", {
      name: "instances-hanako",
      roleName: "ecs-instance-hanako",
      network: new Network(scope, "network", {
        name: "workbook-hanako",
        availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
      }),
      cluster: new Cluster(scope, "cluster", { name: "workbook-hanako" }),
      count: 1,
    });
  });
  expect(resource["aws_launch_template"]?.["instances"]).toMatchObject({
    image_id: "${data.aws_ssm_parameter.instances_image.insecure_value}",
    instance_type: "t2.micro",
    iam_instance_profile: { arn: "${aws_iam_instance_profile.instances_profile.arn}" },
    user_data: expect.stringContaining("ECS_CLUSTER=${aws_ecs_cluster.cluster.name}"),
  });
  expect(data["aws_ssm_parameter"]?.["instances_image"]?.["name"]).toContain("optimized-ami");
  expect(resource["aws_autoscaling_group"]?.["instances_group"]).toMatchObject({
    min_size: 1,
    max_size: 1,
    vpc_zone_identifier: [expect.stringContaining("private"), expect.stringContaining("private")],
    depends_on: expect.arrayContaining(["aws_iam_role_policy_attachment.instances_role_0"]),
  });
  expect(resource["aws_vpc_security_group_ingress_rule"]).toBeUndefined();
});
