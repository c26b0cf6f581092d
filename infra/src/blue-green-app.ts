import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app/index.js";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { Construct } from "constructs";

import { taskOf, type FargateAppProps } from "./fargate-app.ts";
import { PLATFORM_VERSION } from "./fargate-service.ts";
import { IamRole } from "./iam-role.ts";
import { pinned } from "./logical-id.ts";
import { TargetGroup } from "./target-group.ts";

/** An app that CodeDeploy deploys, and what it shares with others. */
export interface BlueGreenAppProps extends Omit<FargateAppProps, "targets"> {
  /** Of the listener that users come by. */
  readonly productionPort: number;
  /** Of the listener that leads to new tasks before users do. */
  readonly testPort: number;
}

/** For how long old tasks stay without requests: until then, going back takes a second. */
const KEEPS_BLUE_MINUTES = 5;

/**
 * One task behind two listeners of its own, whose requests CodeDeploy moves from a blue target group to a green one, all at once.
 * What CodeDeploy moves, Terraform leaves alone.
 *
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
 *
 * Terraform names, for a construct with id `x`: `x_logs`, `x_task`, `x_security_group`, `x_blue`, `x_green`, `x_listener`,
 * `x_test_listener`, `x_service`, `x_role`, `x_application`, `x_deployments`.
 */
export class BlueGreenApp extends Construct {
  readonly service: EcsService;
  readonly application: CodedeployApp;
  readonly group: CodedeployDeploymentGroup;

  constructor(scope: Construct, id: string, props: BlueGreenAppProps) {
    super(scope, id);
    const { name } = props;
    const blue = this.targets(`${id}_blue`, `${name}-blue`, props);
    const green = this.targets(`${id}_green`, `${name}-green`, props);
    const listeners = [
      this.listener(`${id}_listener`, props, props.productionPort, blue),
      this.listener(`${id}_test_listener`, props, props.testPort, blue),
    ] as const;
    this.service = this.runs(id, props, blue, listeners);
    this.application = pinned(
      new CodedeployApp(this, "application", { name, computePlatform: "ECS" }),
      `${id}_application`,
    );
    this.group = this.deployments(id, props, [blue, green], listeners);
  }

  private targets(id: string, name: string, { network, port }: BlueGreenAppProps): TargetGroup {
    return new TargetGroup(this, id, { name, vpcId: network.vpcId, port });
  }

  private listener(
    id: string,
    { alb }: BlueGreenAppProps,
    port: number,
    targets: TargetGroup,
  ): LbListener {
    const listener = new LbListener(this, id, {
      loadBalancerArn: alb.arn,
      port,
      protocol: "HTTP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
      lifecycle: { ignoreChanges: ["default_action"] },
    });
    return pinned(listener, id);
  }

  private runs(
    id: string,
    props: BlueGreenAppProps,
    blue: TargetGroup,
    listeners: readonly LbListener[],
  ): EcsService {
    const { name, container, port, network, cluster, executionRole } = props;
    const { task, securityGroup } = taskOf(this, id, props);
    const service = new EcsService(this, "service", {
      name,
      cluster: cluster.arn,
      taskDefinition: task.arn,
      launchType: "FARGATE",
      platformVersion: PLATFORM_VERSION,
      desiredCount: 1,
      deploymentController: { type: "CODE_DEPLOY" },
      healthCheckGracePeriodSeconds: 60,
      networkConfiguration: {
        subnets: [...network.privateSubnetIds],
        securityGroups: [securityGroup.id],
        assignPublicIp: false,
      },
      loadBalancer: [{ targetGroupArn: blue.arn, containerName: container, containerPort: port }],
      lifecycle: { ignoreChanges: ["task_definition", "load_balancer"] },
      dependsOn: [...listeners, network.egress, ...executionRole.permissions],
    });
    return pinned(service, `${id}_service`);
  }

  /** Who deploys the service, as whom, and when it goes back. */
  private deployments(
    id: string,
    { name, cluster }: BlueGreenAppProps,
    sides: readonly [blue: TargetGroup, green: TargetGroup],
    [production, test]: readonly [production: LbListener, test: LbListener],
  ): CodedeployDeploymentGroup {
    const role = new IamRole(this, `${id}_role`, {
      name: `${name}-codedeploy`,
      identifier: "codedeploy.amazonaws.com",
      managedPolicyArns: ["arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS"],
    });
    const group = new CodedeployDeploymentGroup(this, "deployments", {
      appName: this.application.name,
      deploymentGroupName: name,
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      serviceRoleArn: role.arn,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      blueGreenDeploymentConfig: {
        deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
        terminateBlueInstancesOnDeploymentSuccess: {
          action: "TERMINATE",
          terminationWaitTimeInMinutes: KEEPS_BLUE_MINUTES,
        },
      },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
      ecsService: { clusterName: cluster.name, serviceName: this.service.name },
      loadBalancerInfo: {
        targetGroupPairInfo: {
          prodTrafficRoute: { listenerArns: [production.arn] },
          testTrafficRoute: { listenerArns: [test.arn] },
          targetGroup: sides.map((side) => ({ name: side.name })),
        },
      },
      dependsOn: [...role.permissions],
    });
    return pinned(group, `${id}_deployments`);
  }
}
