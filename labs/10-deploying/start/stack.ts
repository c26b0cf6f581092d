import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
import { ImageRepository } from "@workbook/infra/image-repository";
import { LoadBalancer } from "@workbook/infra/load-balancer";
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

/** What chapters 2 to 8 built: the Node.js service behind port 80 of a load balancer, the Go service behind 8080. */
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
    const { region } = settings;
    new FargateApp(this, "node", {
      ...shared,
      region,
      name: settings.named("node-app"),
      description: "The Node.js tasks, for the load balancer only",
      container: "node-app",
      image: settings.image("nodejs-app"),
      port: 80,
      targets: nodeTargets,
    });
    new FargateApp(this, "go", {
      ...shared,
      region,
      name: settings.named("go-app"),
      description: "The Go tasks, for the load balancer only",
      container: "go-app",
      image: settings.image("golang-app"),
      port: 8080,
      targets: goTargets,
    });

    // Step 1. What takes a bad deployment back, for each of the two services: CloudwatchMetricAlarm "node_errors" and "go_errors" on its target
    //   group's HTTPCode_Target_5XX_Count; and at the service (FargateApp has it as `service.resource`) a circuit breaker that rolls back,
    //   and alarms that do.
    // Step 2. The files in node-app/ and go-app/, for ecspresso.
    // Step 3. A third service for CodeDeploy, the Go app again, behind the ports 9000 (users) and 9001 (you). Open them in the load balancer's
    //   security group. TargetGroup "canary_blue" and "canary_green", LbListener "alb_9000" and "alb_9001", LogGroup "canary_logs", FargateTask
    //   "canary_task", SecurityGroup "canary_security_group", EcsService "canary_service".
    // Step 4. IamRole "canary_role", CodedeployApp "canary_app", CodedeployDeploymentGroup "canary_group".
    // Step 5. The table in owners.md.

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }
}
