import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { SecurityGroup as AwsSecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
import type { IamRole } from "@workbook/infra/iam-role";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LoadBalancer } from "@workbook/infra/load-balancer";
import { LogGroup } from "@workbook/infra/log-group";
import { Network } from "@workbook/infra/network";
import { SecurityGroup } from "@workbook/infra/security-group";
import type { Settings } from "@workbook/infra/settings";
import { TargetGroup } from "@workbook/infra/target-group";
import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { notebook } from "./notebook.ts";

/** The case that this stack is of: `./workbook case 1` writes it here, and breaks one thing below. */
const CASE: number = 0;

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** What the two services share. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
  readonly nodeTargets: TargetGroup;
}

/** The shop: a Node.js service behind port 80 of a load balancer, a Go service behind 8080. */
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
      port: [80, 8080],
      cidrs: [settings.homeCidr],
    });
    const cluster = new Cluster(this, "cluster", { name: settings.named("workbook") });
    const executionRole = new ExecutionRole(this, "execution_role", {
      name: settings.named("ecs-execution"),
    });
    const nodeTargets = new TargetGroup(this, "node_targets", {
      name: settings.named("node-app"),
      vpcId: network.vpcId,
      port: 80,
    });
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [{ port: 80, targetGroupArn: nodeTargets.arn }],
      internet: network.ingress,
    });
    const shared = { network, albSecurityGroup, cluster, executionRole, alb, nodeTargets };
    new FargateApp(this, "node", {
      ...shared,
      region: settings.region,
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      container: "node-app",
      image: settings.image("nodejs-app"),
      port: 80,
      targets: nodeTargets,
    });
    this.goApp(shared);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
    // What you have written down goes with the stack: the checks read it here.
    if (CASE > 0)
      new TerraformOutput(this, "notebook", {
        value: JSON.stringify({ case: CASE, notes: notebook }),
      });
  }

  /** The shop's second service. One of the lines from here on is what a case breaks. */
  private goApp(shared: Shared): void {
    const { settings } = this;
    const { network, cluster, executionRole } = shared;
    const task = this.goTask(this.goRole(executionRole));
    const securityGroup = this.goReachability(shared);
    const { targets, listener } = this.goListener(shared);
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
      lifecycle: { ignoreChanges: ["task_definition"] },
      dependsOn: [listener, network.egress, ...executionRole.permissions],
    });
  }

  /** The role that the Go tasks are started with. */
  private goRole(executionRole: ExecutionRole): ExecutionRole | IamRole {
    return executionRole;
  }

  private goTask(role: ExecutionRole | IamRole): EcsTaskDefinition {
    const { settings } = this;
    const logs = new LogGroup(this, "go_logs", { name: `/ecs/${settings.named("go-app")}` });
    return new EcsTaskDefinition(this, "go_task", {
      family: settings.named("go-app"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: role.arn,
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
  }

  /** Lets the load balancer reach the tasks, and the tasks what they need. */
  private goReachability({ network, albSecurityGroup }: Shared): AwsSecurityGroup {
    const { settings } = this;
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
  }

  private goListener({ network, alb }: Shared): { targets: LbTargetGroup; listener: LbListener } {
    const { settings } = this;
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
  }
}
