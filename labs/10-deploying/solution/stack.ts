import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app/index.js";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
import type { FargateService } from "@workbook/infra/fargate-service";
import { FargateTask } from "@workbook/infra/fargate-task";
import { IamRole } from "@workbook/infra/iam-role";
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

/** What CodeDeploy moves requests between, and by which listeners. */
interface Sides {
  readonly blue: TargetGroup;
  readonly green: TargetGroup;
  readonly production: LbListener;
  readonly test: LbListener;
}

/** What chapters 2 to 8 built, guarded while it is deployed, and a third service whose deployments CodeDeploy does. */
export class ServiceStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    const network = new Network(this, "network", {
      name: settings.named("workbook"),
      availabilityZones: settings.availabilityZones,
    });
    // #region ports
    const albSecurityGroup = new SecurityGroup(this, "alb_security_group", {
      name: settings.named("alb"),
      description: "The load balancer, for the home address of the learner only",
      vpcId: network.vpcId,
      port: [80, 8080, 9000, 9001],
      cidrs: [settings.homeCidr],
    });
    // #endregion ports
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
    const { region } = settings;
    const node = new FargateApp(this, "node", {
      ...shared,
      region,
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      container: "node-app",
      image: settings.image("nodejs-app"),
      port: 80,
      targets: nodeTargets,
    });
    const go = new FargateApp(this, "go", {
      ...shared,
      region,
      name: settings.named("go-app"),
      description: "The Go tasks, for the load balancer only",
      container: "go-app",
      image: settings.image("golang-app"),
      port: 8080,
      targets: goTargets,
    });

    // #region guards
    this.guard("node", node.service, alb, nodeTargets);
    this.guard("go", go.service, alb, goTargets);
    // #endregion guards
    this.canary(shared);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  /** Takes a deployment back whose tasks do not start, and one whose errors users see. */
  private guard(
    id: string,
    service: FargateService,
    alb: LoadBalancer,
    targets: TargetGroup,
  ): void {
    const { settings } = this;
    // #region guard
    const alarm = new CloudwatchMetricAlarm(this, `${id}_errors`, {
      alarmName: settings.named(`${id}-errors`),
      namespace: "AWS/ApplicationELB",
      metricName: "HTTPCode_Target_5XX_Count",
      dimensions: { LoadBalancer: alb.arnSuffix, TargetGroup: targets.arnSuffix },
      statistic: "Sum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 5,
      // Without an error there is no metric at all.
      treatMissingData: "notBreaching",
    });
    service.resource.putDeploymentCircuitBreaker({ enable: true, rollback: true });
    service.resource.putAlarms({ enable: true, rollback: true, alarmNames: [alarm.alarmName] });
    // #endregion guard
  }

  /** The Go app once more, behind port 9000: CodeDeploy gives a tenth of the requests to what is new, and later all. */
  private canary(shared: Shared): void {
    const { settings } = this;
    const { network, albSecurityGroup, cluster, executionRole } = shared;
    const name = settings.named("go-canary");
    const sides = this.sides(shared);
    const logs = new LogGroup(this, "canary_logs", { name: `/ecs/${name}` });
    const task = new FargateTask(this, "canary_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      container: {
        name: "go-app",
        image: settings.image("golang-app"),
        port: 8080,
        logs: { group: logs.name, region: settings.region },
      },
    });
    const securityGroup = new SecurityGroup(this, "canary_security_group", {
      name,
      description: "The tasks of the canary, for the load balancer only",
      vpcId: network.vpcId,
      port: 8080,
      sourceGroupIds: [albSecurityGroup.id],
    });
    // #region service
    const service = new EcsService(this, "canary_service", {
      name,
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      platformVersion: "1.4.0",
      desiredCount: 2,
      deploymentController: { type: "CODE_DEPLOY" },
      healthCheckGracePeriodSeconds: 60,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroup.id],
        assignPublicIp: false,
      },
      loadBalancer: [
        { targetGroupArn: sides.blue.arn, containerName: "go-app", containerPort: 8080 },
      ],
      // CodeDeploy decides which revision runs, and behind which of the two groups.
      lifecycle: { ignoreChanges: ["task_definition", "load_balancer"] },
      dependsOn: [sides.production, sides.test, network.egress, ...executionRole.permissions],
    });
    // #endregion service
    this.codeDeploy(cluster, service, sides);
  }

  /** Two target groups, and two listeners: one for users, one for you, who look before they do. */
  private sides({ network, alb }: Shared): Sides {
    const { settings } = this;
    // #region sides
    const { vpcId } = network;
    const blue = new TargetGroup(this, "canary_blue", {
      name: settings.named("go-blue"),
      vpcId,
      port: 8080,
    });
    const green = new TargetGroup(this, "canary_green", {
      name: settings.named("go-green"),
      vpcId,
      port: 8080,
    });
    const listener = (port: number) =>
      new LbListener(this, `alb_${port}`, {
        loadBalancerArn: alb.arn,
        port,
        protocol: "HTTP",
        defaultAction: [{ type: "forward", targetGroupArn: blue.arn }],
        // CodeDeploy moves it from one group to the other, and Terraform must not move it back.
        lifecycle: { ignoreChanges: ["default_action"] },
      });
    return { blue, green, production: listener(9000), test: listener(9001) };
    // #endregion sides
  }

  /** Who deploys the service, as whom, how, and when it goes back. */
  private codeDeploy(cluster: Cluster, service: EcsService, sides: Sides): void {
    const { settings } = this;
    // #region codedeploy
    const role = new IamRole(this, "canary_role", {
      name: settings.named("codedeploy"),
      identifier: "codedeploy.amazonaws.com",
      managedPolicyArns: ["arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS"],
    });
    const app = new CodedeployApp(this, "canary_app", {
      name: settings.named("go-canary"),
      computePlatform: "ECS",
    });
    new CodedeployDeploymentGroup(this, "canary_group", {
      appName: app.name,
      deploymentGroupName: settings.named("go-canary"),
      deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes",
      serviceRoleArn: role.arn,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfig: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: 5,
        },
      },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      ecsService: { clusterName: cluster.name, serviceName: service.name },
      loadBalancerInfo: {
        targetGroupPairInfo: {
          prodTrafficRoute: { listenerArns: [sides.production.arn] },
          testTrafficRoute: { listenerArns: [sides.test.arn] },
          targetGroup: [{ name: sides.blue.name }, { name: sides.green.name }],
        },
      },
      dependsOn: [...role.permissions],
    });
    // #endregion codedeploy
  }
}
