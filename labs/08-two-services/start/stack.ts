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

    // Step 1. The Go app's repository is there since chapter 1. Write it out, in place of this construct, as you did
    // there: an EcrRepository "golang_app" whose tags never move, and an EcrLifecyclePolicy "golang_app_lifecycle".
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** What both apps need. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
}

/** What chapters 2 to 7 built: the Node.js service behind port 80 of a load balancer. */
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

    // Step 2. Run the Go app on port 8080, as nodeApp() below runs the Node.js app on port 80, but written out with
    // the classes of @cdktf/provider-aws. In this order:
    //   - CloudwatchLogGroup: where its output goes, kept for 180 days
    //   - EcsTaskDefinition: the image settings.image("golang-app") in a container called "go-app", container port 8080
    //   - VpcSecurityGroupIngressRule: the load balancer's group lets you in on 8080 too
    //   - SecurityGroup and its rules: the tasks let the load balancer in on 8080
    //   - LbTargetGroup, LbListener: port 8080 of the load balancer leads to the tasks
    //   - EcsService: two tasks in the private subnets

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
}
