import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateService } from "@workbook/infra/fargate-service";
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

/** nginx as Docker publishes it, from Amazon ECR Public. The tag says what it is, the digest which one. */
const NGINX =
  "public.ecr.aws/docker/library/nginx:1.30.5-alpine@sha256:0985e772fb9f729e6fa0980da05fca5d9c468e870eed43071545afa9d2e27d94";

// #region configuration
/** nginx hands every request to the app beside it. */
const CONFIGURATION = `
log_format traced '$request_method $uri $status, upstream $upstream_status, $http_x_amzn_trace_id';
server {
  listen 80;
  access_log /dev/stdout traced;
  location / {
    proxy_pass http://127.0.0.1:3000;
  }
}
`;
// #endregion configuration

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

/** Three services behind one load balancer; a task of the third has nginx in front of the app. */
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
      port: [80, 8080, 8081],
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
    // #region targets
    const webTargets = new TargetGroup(this, "web_targets", {
      name: settings.named("web"),
      vpcId,
      port: 80,
      healthCheckPath: "/healthz",
    });
    // #endregion targets
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [
        { port: 80, targetGroupArn: nodeTargets.arn },
        { port: 8080, targetGroupArn: goTargets.arn },
        { port: 8081, targetGroupArn: webTargets.arn },
      ],
      internet: network.ingress,
    });

    const shared = { network, albSecurityGroup, cluster, executionRole, alb };
    this.nodeApp(shared, nodeTargets);
    this.goApp(shared, goTargets);
    this.web(shared, webTargets);

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

  /** nginx and the app in one task, behind port 8081. */
  private web(shared: Shared, targets: TargetGroup): void {
    const { network, albSecurityGroup, cluster, executionRole, alb } = shared;
    const { settings } = this;
    const name = settings.named("web");
    const taskRole = this.webTaskRole();
    const task = this.webTask(executionRole, taskRole);
    // #region service
    const securityGroup = new SecurityGroup(this, "web_security_group", {
      name,
      description: "The web tasks, for the load balancer only",
      vpcId: network.vpcId,
      port: 80,
      sourceGroupIds: [albSecurityGroup.id],
    });
    new FargateService(this, "web_service", {
      name,
      clusterArn: cluster.arn,
      taskDefinitionArn: task.arn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "nginx", containerPort: 80 },
      enableExecuteCommand: true,
      dependsOn: [
        alb.listener(8081),
        network.egress,
        ...executionRole.permissions,
        ...taskRole.permissions,
      ],
    });
    // #endregion service
  }

  private webTask(executionRole: ExecutionRole, taskRole: IamRole): EcsTaskDefinition {
    const { settings } = this;
    const logs = new LogGroup(this, "web_logs", { name: `/ecs/${settings.named("web")}` });
    // #region task
    const logConfiguration = {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logs.name,
        "awslogs-region": settings.region,
        "awslogs-stream-prefix": "ecs",
      },
    };
    const HEALTHY =
      "fetch('http://127.0.0.1:3000/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))";
    return new EcsTaskDefinition(this, "web_task", {
      family: settings.named("web"),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      volume: [{ name: "conf" }],
      containerDefinitions: JSON.stringify([
        {
          name: "configure",
          image: NGINX,
          essential: false,
          entryPoint: ["sh", "-c"],
          command: ['printf %s "$CONFIGURATION" > /etc/nginx/conf.d/default.conf'],
          environment: [{ name: "CONFIGURATION", value: CONFIGURATION }],
          mountPoints: [{ sourceVolume: "conf", containerPath: "/etc/nginx/conf.d" }],
          logConfiguration,
        },
        {
          name: "node-app",
          image: settings.image("nodejs-app"),
          essential: true,
          environment: [{ name: "PORT", value: "3000" }],
          healthCheck: {
            command: ["CMD", "node", "-e", HEALTHY],
            interval: 10,
            startPeriod: 30,
          },
          linuxParameters: { initProcessEnabled: true },
          logConfiguration,
        },
        {
          name: "nginx",
          image: NGINX,
          essential: true,
          portMappings: [{ containerPort: 80, protocol: "tcp" }],
          dependsOn: [
            { containerName: "configure", condition: "SUCCESS" },
            { containerName: "node-app", condition: "HEALTHY" },
          ],
          mountPoints: [
            { sourceVolume: "conf", containerPath: "/etc/nginx/conf.d", readOnly: true },
          ],
          linuxParameters: { initProcessEnabled: true },
          logConfiguration,
        },
      ]),
    });
    // #endregion task
  }

  /** What the containers themselves may do: be talked to by ECS Exec. */
  private webTaskRole(): IamRole {
    const { settings } = this;
    // #region task-role
    return new IamRole(this, "web_task_role", {
      name: settings.named("web-task"),
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: [
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
            ],
            Resource: "*",
          },
        ],
      }),
    });
    // #endregion task-role
  }
}
