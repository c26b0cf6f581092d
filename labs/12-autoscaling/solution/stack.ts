import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy/index.js";
import { AppautoscalingScheduledAction } from "@cdktf/provider-aws/lib/appautoscaling-scheduled-action/index.js";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
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
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** What the services share. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
}

/** What is scaled, and what the requests to it go through. */
interface Scaled {
  readonly service: FargateService;
  readonly cluster: Cluster;
  readonly alb: LoadBalancer;
  readonly targets: TargetGroup;
}

/** What chapters 2 to 8 built: the Node.js service behind port 80 of a load balancer, the Go service behind 8080; how many Node.js tasks there are follows the load. */
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
    const { vpcId } = network;
    const nodeTargets = new TargetGroup(this, "node_targets", {
      name: settings.named("node-app"),
      vpcId,
      port: 80,
    });
    const goTargets = new TargetGroup(this, "go_targets", {
      name: settings.named("go-app"),
      vpcId,
      port: 8080,
    });
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [
        { port: 80, targetGroupArn: nodeTargets.arn },
        { port: 8080, targetGroupArn: goTargets.arn },
      ],
      internet: network.ingress,
    });

    const shared = { network, albSecurityGroup, cluster, executionRole, alb };
    this.nodeApp(shared, nodeTargets);
    new FargateApp(this, "go", {
      ...shared,
      region: settings.region,
      name: settings.named("go-app"),
      description: "The Go tasks, for the load balancer only",
      container: "go-app",
      image: settings.image("golang-app"),
      port: 8080,
      targets: goTargets,
    });

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private nodeApp(shared: Shared, targets: TargetGroup): void {
    const { network, albSecurityGroup, cluster, executionRole, alb } = shared;
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
    const securityGroup = new SecurityGroup(this, "node_security_group", {
      name,
      description: "The Node.js tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    // #region service
    const service = new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      ignoreChanges: ["desired_count"],
      dependsOn: [alb.listener(80), network.egress, ...executionRole.permissions],
    });
    // #endregion service
    this.nodeScaling({ service, cluster, alb, targets });
  }

  /** How many tasks the service has, from when to when. */
  private nodeScaling({ service, cluster, alb, targets }: Scaled): void {
    const { settings } = this;
    // #region target
    const target = new AppautoscalingTarget(this, "node_scaling", {
      serviceNamespace: "ecs",
      resourceId: `service/${cluster.name}/${service.name}`,
      scalableDimension: "ecs:service:DesiredCount",
      minCapacity: 2,
      maxCapacity: 6,
      // The scheduled actions change them.
      lifecycle: { ignoreChanges: ["min_capacity", "max_capacity"] },
    });
    const { serviceNamespace, resourceId, scalableDimension } = target;
    const scaled = { serviceNamespace, resourceId, scalableDimension };
    // #endregion target
    // #region requests
    new AppautoscalingPolicy(this, "node_requests", {
      ...scaled,
      name: settings.named("node-requests"),
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: `${alb.arnSuffix}/${targets.arnSuffix}`,
        },
        targetValue: 30,
        scaleOutCooldown: 60,
        scaleInCooldown: 120,
      },
    });
    // #endregion requests
    // #region cpu
    new AppautoscalingPolicy(this, "node_cpu", {
      ...scaled,
      name: settings.named("node-cpu"),
      policyType: "TargetTrackingScaling",
      targetTrackingScalingPolicyConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        targetValue: 60,
        scaleOutCooldown: 60,
        scaleInCooldown: 120,
      },
    });
    // #endregion cpu
    // #region schedule
    new AppautoscalingScheduledAction(this, "node_morning", {
      ...scaled,
      name: settings.named("node-morning"),
      schedule: "cron(30 8 ? * MON-FRI *)",
      timezone: "Asia/Tokyo",
      scalableTargetAction: { minCapacity: "4", maxCapacity: "6" },
    });
    new AppautoscalingScheduledAction(this, "node_evening", {
      ...scaled,
      name: settings.named("node-evening"),
      schedule: "cron(0 20 ? * MON-FRI *)",
      timezone: "Asia/Tokyo",
      scalableTargetAction: { minCapacity: "2", maxCapacity: "6" },
    });
    // #endregion schedule
  }
}
