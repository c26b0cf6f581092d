import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateService } from "@workbook/infra/fargate-service";
import { FargateTask } from "@workbook/infra/fargate-task";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LoadBalancer } from "@workbook/infra/load-balancer";
import { LogGroup } from "@workbook/infra/log-group";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TargetGroup } from "@workbook/infra/target-group";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    // #region repository
    const repository = new EcrRepository(this, "golang_app", {
      name: settings.named("golang-app"),
      imageTagMutability: "IMMUTABLE",
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, "golang_app_lifecycle", {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: "Keep the newest 30 images",
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },
            action: { type: "expire" },
          },
        ],
      }),
    });
    // #endregion repository
  }
}

/** What both apps need. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
}

/** Two services behind one load balancer: Node.js on port 80, Go on port 8080. */
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
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
    });

    const shared = { network, albSecurityGroup, cluster, executionRole };
    const alb = this.nodeApp(shared);
    this.goApp(shared, alb);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private nodeApp({ network, albSecurityGroup, cluster, executionRole }: Shared): LoadBalancer {
    const { settings } = this;
    const name = settings.named("node-app");
    const logs = new LogGroup(this, "node_logs", { name: `/ecs/${name}` });
    const task = new FargateTask(this, "node_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      container: {
        name: "node-app",
        image: settings.image("nodejs-app"),
        port: 80,
        logs: { group: logs.name, region: settings.region },
      },
    });
    const targets = new TargetGroup(this, "node_targets", { name, vpcId: network.vpcId, port: 80 });
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [{ port: 80, targetGroupArn: targets.arn }],
      internet: network.ingress,
    });
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name,
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      dependsOn: [...alb.listeners.values(), network.egress, ...executionRole.permissions],
    });
    return alb;
  }

  private goApp(
    { network, albSecurityGroup, cluster, executionRole }: Shared,
    alb: LoadBalancer,
  ): void {
    const { settings } = this;
    const task = this.goTask(executionRole);
    const securityGroup = this.goReachability(network, albSecurityGroup);
    const { targets, listener } = this.goListener(network, alb);

    // #region service
    new EcsService(this, "go_service", {
      name: settings.named("go-app"),
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      desiredCount: 2,
      healthCheckGracePeriodSeconds: 60,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroup.id],
        assignPublicIp: false,
      },
      loadBalancer: [{ targetGroupArn: targets.arn, containerName: "go-app", containerPort: 8080 }],
      // A deployment moves the service to a new revision; Terraform must not move it back.
      lifecycle: { ignoreChanges: ["task_definition"] },
      // AWS refuses the service before a listener leads to its target group, and without egress no image can be pulled.
      dependsOn: [listener, network.egress, ...executionRole.permissions],
    });
    // #endregion service
  }

  private goTask(executionRole: ExecutionRole): EcsTaskDefinition {
    const { settings } = this;
    // #region task
    const logs = new CloudwatchLogGroup(this, "go_logs", {
      name: `/ecs/${settings.named("go-app")}`,
      retentionInDays: 180,
    });
    return new EcsTaskDefinition(this, "go_task", {
      family: settings.named("go-app"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      containerDefinitions: JSON.stringify([
        {
          name: "go-app",
          image: settings.image("golang-app"),
          essential: true,
          portMappings: [{ containerPort: 8080, protocol: "tcp" }],
          environment: [{ name: "PORT", value: "8080" }],
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logs.name,
              "awslogs-region": settings.region,
              "awslogs-stream-prefix": "ecs",
            },
          },
        },
      ]),
    });
    // #endregion task
  }

  /** Lets you reach the load balancer on 8080, and the load balancer the tasks. Returns the tasks' security group. */
  private goReachability(network: Network, albSecurityGroup: SecurityGroup): AwsSecurityGroup {
    const { settings } = this;
    // #region reachability
    new VpcSecurityGroupIngressRule(this, "alb_security_group_8080_cidr_0", {
      securityGroupId: albSecurityGroup.id,
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8080,
      cidrIpv4: settings.homeCidr,
    });
    const tasks = new AwsSecurityGroup(this, "go_security_group", {
      name: settings.named("go-app"),
      description: "The Go tasks, for the load balancer only",
      vpcId: network.vpcId,
      tags: { Name: settings.named("go-app") },
    });
    new VpcSecurityGroupIngressRule(this, "go_security_group_8080_group_0", {
      securityGroupId: tasks.id,
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8080,
      referencedSecurityGroupId: albSecurityGroup.id,
    });
    new VpcSecurityGroupEgressRule(this, "go_security_group_all", {
      securityGroupId: tasks.id,
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    return tasks;
    // #endregion reachability
  }

  private goListener(
    network: Network,
    alb: LoadBalancer,
  ): { targets: LbTargetGroup; listener: LbListener } {
    const { settings } = this;
    // #region listener
    const targets = new LbTargetGroup(this, "go_targets", {
      name: settings.named("go-app"),
      vpcId: network.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      port: 8080,
      deregistrationDelay: "30",
      healthCheck: { path: "/healthz", matcher: "200" },
    });
    const listener = new LbListener(this, "alb_8080", {
      loadBalancerArn: alb.arn,
      port: 8080,
      protocol: "HTTP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    return { targets, listener };
    // #endregion listener
  }
}
