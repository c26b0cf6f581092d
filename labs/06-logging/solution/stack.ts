import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsIamPolicy } from "@cdktf/provider-aws/lib/data-aws-iam-policy/index.js";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { FargateService } from "@workbook/infra/fargate-service";
import { ImageRepository } from "@workbook/infra/image-repository";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** Two Node.js tasks whose lines reach CloudWatch Logs. */
export class ServiceStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    const network = new Network(this, "network", {
      name: settings.named("workbook"),
      availabilityZones: settings.availabilityZones,
    });
    const albSecurityGroup = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId: network.vpcId,
      port: 80,
      cidrs: [settings.homeCidr],
    });
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });

    // #region role
    const managed = new DataAwsIamPolicy(this, "execution_role_managed", {
      arn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    });
    const extended = new DataAwsIamPolicyDocument(this, "execution_role_document", {
      sourcePolicyDocuments: [managed.policy],
      statement: [
        { effect: "Allow", actions: ["ssm:GetParameters", "kms:Decrypt"], resources: ["*"] },
      ],
    });
    const executionRole = new IamRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "ecs-tasks.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    });
    const permissions = new IamRolePolicy(this, "execution_role_policy", {
      name: settings.named("ecs-execution"),
      role: executionRole.name,
      policy: extended.json,
    });
    // #endregion role

    // #region log-group
    const logs = new CloudwatchLogGroup(this, "node_logs", {
      name: `/ecs/${settings.named("node-app")}`,
      retentionInDays: 180,
    });
    // #endregion log-group
    // #region task
    const task = new EcsTaskDefinition(this, "node_task", {
      family: settings.named("node-app"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      containerDefinitions: JSON.stringify([
        {
          name: "node-app",
          image: settings.image("nodejs-app"),
          essential: true,
          portMappings: [{ containerPort: 80, protocol: "tcp" }],
          // The image's user is not root, and may not listen on port 80 otherwise.
          systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
          environment: [{ name: "PORT", value: "80" }],
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logs.name,
              "awslogs-region": settings.region,
              // Fargate insists on it; streams are called <prefix>/<container>/<task id>.
              "awslogs-stream-prefix": "ecs",
            },
          },
        },
      ]),
    });
    // #endregion task

    new FargateService(this, "node_service", {
      name: settings.named("node-app"),
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      dependsOn: [network.egress, permissions],
    });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
