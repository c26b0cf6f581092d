import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { WorkbookStack } from "@workbook/infra/base-stack";
import { Cluster } from "@workbook/infra/cluster";
import { ExecutionRole } from "@workbook/infra/execution-role";
import { FargateApp } from "@workbook/infra/fargate-app";
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

/** What the runs of the report share. */
interface Runs {
  readonly cluster: Cluster;
  readonly runner: IamRole;
  readonly failures: SqsQueue;
  /** Which task, and where. */
  readonly task: {
    readonly taskDefinitionArn: string;
    readonly launchType: string;
    readonly networkConfiguration: { subnets: string[]; securityGroups: string[] };
  };
}

/** What chapters 2 to 8 built, and a report that runs every night, whenever a day is closed, and whenever you like. */
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

    this.report(shared);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  private report({ network, cluster, executionRole }: Shared): void {
    const { settings } = this;
    const definition = this.reportTask(executionRole);
    // #region failures
    const failures = new SqsQueue(this, "failures", {
      name: settings.named("report-failures"),
      messageRetentionSeconds: 1_209_600,
    });
    // #endregion failures
    const runner = this.runner(definition, cluster, executionRole, failures);
    // #region network
    const securityGroup = new SecurityGroup(this, "report_security_group", {
      name: settings.named("report"),
      description: "The report, which nobody connects to",
      vpcId: network.vpcId,
      port: [],
    });
    const task = {
      taskDefinitionArn: definition.arn,
      launchType: "FARGATE",
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroup.id],
      },
    };
    // #endregion network
    const runs = { cluster, runner, failures, task };
    this.nightly(runs);
    const dayClosed = this.dayClosed(runs);
    const failed = this.failed(definition, failures);
    // #region policy
    new SqsQueuePolicy(this, "failures_policy", {
      queueUrl: failures.url,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: failures.arn,
            Condition: { ArnEquals: { "aws:SourceArn": [dayClosed.arn, failed.arn] } },
          },
        ],
      }),
    });
    // #endregion policy
  }

  /** What runs: the Node.js app's image, with another command. It ends by itself, and no service keeps it. */
  private reportTask(executionRole: ExecutionRole): EcsTaskDefinition {
    const { settings } = this;
    // #region task
    const name = settings.named("report");
    const logs = new LogGroup(this, "report_logs", { name: `/ecs/${name}` });
    return new EcsTaskDefinition(this, "report_task", {
      family: name,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn: executionRole.arn,
      containerDefinitions: JSON.stringify([
        {
          name: "report",
          image: settings.image("nodejs-app"),
          command: ["node", "src/report.js"],
          essential: true,
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

  /** As whom EventBridge and its scheduler run the task. */
  private runner(
    definition: EcsTaskDefinition,
    cluster: Cluster,
    executionRole: ExecutionRole,
    failures: SqsQueue,
  ): IamRole {
    const { settings } = this;
    // #region runner
    return new IamRole(this, "report_runner", {
      name: settings.named("report-runner"),
      identifier: ["scheduler.amazonaws.com", "events.amazonaws.com"],
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "ecs:RunTask",
            // Every revision: the next deployment makes another one.
            Resource: `${definition.arnWithoutRevision}:*`,
            Condition: { ArnEquals: { "ecs:cluster": cluster.arn } },
          },
          {
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: executionRole.arn,
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
          },
          { Effect: "Allow", Action: "sqs:SendMessage", Resource: failures.arn },
        ],
      }),
    });
    // #endregion runner
  }

  /** Every night at three, by the clocks of Tokyo. */
  private nightly({ cluster, runner, failures, task }: Runs): void {
    const { settings } = this;
    // #region nightly
    new SchedulerSchedule(this, "nightly", {
      name: settings.named("report-nightly"),
      scheduleExpression: "cron(0 3 * * ? *)",
      scheduleExpressionTimezone: "Asia/Tokyo",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: cluster.arn,
        roleArn: runner.arn,
        ecsParameters: task,
        input: JSON.stringify({
          containerOverrides: [
            {
              name: "report",
              environment: [{ name: "DAY", value: "<aws.scheduler.scheduled-time>" }],
            },
          ],
        }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
        deadLetterConfig: { arn: failures.arn },
      },
      dependsOn: [...runner.permissions],
    });
    // #endregion nightly
  }

  /** Whenever the shop says that a day is closed. */
  private dayClosed({ cluster, runner, failures, task }: Runs): CloudwatchEventRule {
    const { settings } = this;
    // #region day-closed
    const rule = new CloudwatchEventRule(this, "day_closed", {
      name: settings.named("day-closed"),
      eventPattern: JSON.stringify({ source: ["shop"], "detail-type": ["Day closed"] }),
    });
    new CloudwatchEventTarget(this, "day_closed_report", {
      rule: rule.name,
      arn: cluster.arn,
      roleArn: runner.arn,
      ecsTarget: task,
      inputTransformer: {
        inputPaths: { day: "$.detail.day", orders: "$.detail.orders" },
        inputTemplate: JSON.stringify({
          containerOverrides: [
            {
              name: "report",
              environment: [
                { name: "DAY", value: "<day>" },
                { name: "ORDERS", value: "<orders>" },
              ],
            },
          ],
        }),
      },
      retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      deadLetterConfig: { arn: failures.arn },
      dependsOn: [...runner.permissions],
    });
    // #endregion day-closed
    return rule;
  }

  /** A run that failed has been delivered: no dead letter comes of it. ECS says how it ended. */
  private failed(definition: EcsTaskDefinition, failures: SqsQueue): CloudwatchEventRule {
    const { settings } = this;
    // #region failed
    const rule = new CloudwatchEventRule(this, "report_failed", {
      name: settings.named("report-failed"),
      eventPattern: JSON.stringify({
        source: ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        detail: {
          taskDefinitionArn: [{ prefix: `${definition.arnWithoutRevision}:` }],
          lastStatus: ["STOPPED"],
          $or: [
            { containers: { exitCode: [{ "anything-but": 0 }] } },
            { stopCode: ["TaskFailedToStart"] },
          ],
        },
      }),
    });
    new CloudwatchEventTarget(this, "report_failed_queue", { rule: rule.name, arn: failures.arn });
    // #endregion failed
    return rule;
  }
}
