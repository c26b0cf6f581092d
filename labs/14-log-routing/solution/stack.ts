import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
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
import { type ITerraformDependable, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { InstanceLogs } from "./on-instances.ts";

/** The repositories that the images are pushed to. */
export class ImagesStack extends WorkbookStack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, "images", settings);
    new ImageRepository(this, "nodejs_app", { name: settings.named("nodejs-app") });
    new ImageRepository(this, "golang_app", { name: settings.named("golang-app") });
  }
}

/** The log router as its makers publish it, in Amazon ECR Public. */
const ROUTER =
  "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15@sha256:88e1b56cedb230486afeca6eeb26c5f6bd59c48879d0054d1674d5a58838c607";

/** What the services share. */
interface Shared {
  readonly network: Network;
  readonly albSecurityGroup: SecurityGroup;
  readonly cluster: Cluster;
  readonly executionRole: ExecutionRole;
  readonly alb: LoadBalancer;
}

/** Two services behind one load balancer. Tasks of the first have a router for their lines, which brings them to two places; beside them, tasks on an instance. */
export class ServiceStack extends WorkbookStack {
  private readonly routerLogs: LogGroup;

  constructor(scope: Construct, settings: Settings) {
    super(scope, "service", settings);
    // #region router-logs
    this.routerLogs = new LogGroup(this, "router_logs", {
      name: `/ecs/${settings.named("log-router")}`,
    });
    // #endregion router-logs
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
    new InstanceLogs(this, shared);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private nodeApp(shared: Shared, targets: TargetGroup): void {
    const { executionRole } = shared;
    const { settings } = this;
    const name = settings.named("node-app");
    const logs = new LogGroup(this, "node_logs", { name: `/ecs/${name}` });
    // #region archive
    const archive = new S3Bucket(this, "archive", {
      bucketPrefix: `${settings.named("archive")}-`,
      forceDestroy: true,
    });
    // #endregion archive
    const taskRole = this.taskRole(logs, archive);
    const task = new EcsTaskDefinition(this, "node_task", {
      family: name,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      // #region volume
      volume: [{ name: "conf" }],
      // #endregion volume
      containerDefinitions: JSON.stringify([
        this.configure(archive),
        this.router(),
        this.app(logs),
      ]),
    });
    const needs = [...executionRole.permissions, ...taskRole.permissions];
    this.nodeService(shared, targets, task.arn, needs);
  }

  /** Where containers send their own lines that no router carries. */
  private awslogs(prefix: string): object {
    const { settings } = this;
    const options = {
      "awslogs-group": this.routerLogs.name,
      "awslogs-region": settings.region,
      "awslogs-stream-prefix": prefix,
    };
    return { logDriver: "awslogs", options };
  }

  private router(): object {
    // #region router
    return {
      name: "log_router",
      image: ROUTER,
      essential: true,
      firelensConfiguration: {
        type: "fluentbit",
        options: {
          "enable-ecs-log-metadata": "true",
          "config-file-type": "file",
          "config-file-value": "/conf/archive.conf",
        },
      },
      dependsOn: [{ containerName: "configure", condition: "SUCCESS" }],
      mountPoints: [{ sourceVolume: "conf", containerPath: "/conf", readOnly: true }],
      logConfiguration: this.awslogs("router"),
    };
    // #endregion router
  }

  private app(logs: LogGroup): object {
    const { settings } = this;
    // #region app
    return {
      name: "node-app",
      image: settings.image("nodejs-app"),
      essential: true,
      dependsOn: [{ containerName: "log_router", condition: "START" }],
      portMappings: [{ containerPort: 80, protocol: "tcp" }],
      systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
      environment: [{ name: "PORT", value: "80" }],
      logConfiguration: {
        logDriver: "awsfirelens",
        options: {
          Name: "cloudwatch_logs",
          region: settings.region,
          log_group_name: logs.name,
          log_stream_prefix: "ecs-",
          log_key: "log",
          "exclude-pattern": "/healthz",
        },
      },
    };
    // #endregion app
  }

  private configure(archive: S3Bucket): object {
    const { settings } = this;
    // #region configure
    const configuration = `
[OUTPUT]
    Name            s3
    Match           node-app-firelens*
    bucket          ${archive.bucket}
    region          ${settings.region}
    use_put_object  On
    total_file_size 1M
    upload_timeout  20s
    s3_key_format   /node-app/%Y/%m/%d/$UUID.log
`;
    return {
      name: "configure",
      image: ROUTER,
      essential: false,
      entryPoint: ["sh", "-c"],
      command: ['printf %s "$CONFIGURATION" > /conf/archive.conf'],
      environment: [{ name: "CONFIGURATION", value: configuration }],
      mountPoints: [{ sourceVolume: "conf", containerPath: "/conf" }],
      logConfiguration: this.awslogs("configure"),
    };
    // #endregion configure
  }

  /** What the router may do: it calls AWS from inside the task. */
  private taskRole(logs: LogGroup, archive: S3Bucket): IamRole {
    const { settings } = this;
    // #region role
    return new IamRole(this, "node_task_role", {
      name: settings.named("node-task"),
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: `arn:aws:logs:*:*:log-group:${logs.name}:*`,
          },
          { Effect: "Allow", Action: "s3:PutObject", Resource: `${archive.arn}/*` },
        ],
      }),
    });
    // #endregion role
  }

  private nodeService(
    { network, albSecurityGroup, cluster, alb }: Shared,
    targets: TargetGroup,
    taskDefinitionArn: string,
    needs: readonly ITerraformDependable[],
  ): void {
    const { settings } = this;
    const name = settings.named("node-app");
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
      taskDefinitionArn,
      subnetIds: network.privateSubnetIds,
      securityGroupIds: [securityGroup.id],
      target: { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 80 },
      dependsOn: [alb.listener(80), network.egress, ...needs],
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
