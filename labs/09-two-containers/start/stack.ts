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

/** nginx as Docker publishes it, from Amazon ECR Public. The tag says what it is, the digest which one. */
const NGINX =
  "public.ecr.aws/docker/library/nginx:1.30.5-alpine@sha256:0985e772fb9f729e6fa0980da05fca5d9c468e870eed43071545afa9d2e27d94";

/** The repositories that the images are pushed to; nginx's image needs none here. */
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
    this.nodeApp(shared, nodeTargets);
    this.goApp(shared, goTargets);

    // Step 1. A third service, "web", shows nginx's own page on port 8081, as nodeApp() and goApp() below show theirs:
    //   - TargetGroup "web_targets", above, for port 80 and the health check path "/"
    //   - above, the load balancer's listener on 8081 that leads there, and 8081 in the ports of its security group
    //   - LogGroup "web_logs", FargateTask "web_task" with the image NGINX in a container called "nginx", port 80
    //   - SecurityGroup "web_security_group" and FargateService "web_service"
    //   - IamRole "web_task_role" for the task, and enableExecuteCommand for the service: they let ECS Exec in
    // Step 2. Write "web_task" out as an EcsTaskDefinition of three containers on a volume:
    //   - "configure": the image NGINX too; it writes nginx's configuration to the volume, and ends
    //   - "node-app": the image settings.image("nodejs-app"), listening on 3000, with a health check of its own
    //   - "nginx": on port 80, begins when both are so far, and asks node-app on localhost

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
    new FargateService(this, "node_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      dependsOn: [alb.listener(80), network.egress, ...executionRole.permissions],
    });
  }

  private goApp(shared: Shared, targets: TargetGroup): void {
    const { network, albSecurityGroup, cluster, executionRole, alb } = shared;
    const { settings } = this;
    const name = settings.named("go-app");
    const logs = new LogGroup(this, "go_logs", { name: `/ecs/${name}` });
    const task = new FargateTask(this, "go_task", {
      family: name,
      executionRoleArn: executionRole.arn,
      container: {
        name: "go-app",
        image: settings.image("golang-app"),
        port: 8080,
        logs: { group: logs.name, region: settings.region },
      },
    });
    const securityGroup = new SecurityGroup(this, "go_security_group", {
      name,
      description: "The Go tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 8080,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "go_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "go-app", containerPort: 8080 },
      dependsOn: [alb.listener(8080), network.egress, ...executionRole.permissions],
    });
  }
}
