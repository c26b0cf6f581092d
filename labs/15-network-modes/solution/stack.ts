import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { EcsCapacityProvider } from "@cdktf/provider-aws/lib/ecs-capacity-provider/index.js";
import { EcsService, type EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
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
import { Fn, type ITerraformDependable, TerraformOutput, Token } from "cdktf";
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

/** How a container is connected: through its instance's addresses, as its instance, or with an interface of the task's own. */
type Mode = "bridge" | "host" | "awsvpc";

/** Instances that services can ask for. */
interface Capacity {
  readonly provider: string;
  /** What has to exist before they do. */
  readonly ready: ITerraformDependable;
}

/** Where services in the three modes run, and what. */
interface Place {
  readonly shared: Shared;
  readonly capacity: Capacity;
  readonly define: (mode: Mode) => EcsTaskDefinition;
}

/** What differs from mode to mode. */
type OwnOfMode =
  | "dependsOn"
  | "orderedPlacementStrategy"
  | "deploymentMinimumHealthyPercent"
  | "deploymentMaximumPercent"
  | "networkConfiguration";

/** Two services on Fargate, and beside them one task in three network modes on instances. */
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
      port: [80, 8080, 8081, 8082, 8083],
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
    const targetGroup = (mode: Mode, targetType: "instance" | "ip") =>
      new TargetGroup(this, `${mode}_targets`, {
        name: settings.named(mode),
        vpcId,
        port: 3000,
        targetType,
      });
    const targets = {
      bridge: targetGroup("bridge", "instance"),
      host: targetGroup("host", "instance"),
      awsvpc: targetGroup("awsvpc", "ip"),
    };
    // #endregion targets
    const alb = new LoadBalancer(this, "alb", {
      name: settings.named("workbook"),
      subnetIds: network.publicSubnetIds,
      securityGroupIds: [albSecurityGroup.id],
      listeners: [
        { port: 80, targetGroupArn: nodeTargets.arn },
        { port: 8080, targetGroupArn: goTargets.arn },
        { port: 8081, targetGroupArn: targets.bridge.arn },
        { port: 8082, targetGroupArn: targets.host.arn },
        { port: 8083, targetGroupArn: targets.awsvpc.arn },
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

    const capacity = this.instances(shared);
    this.modes(shared, capacity, targets);

    new TerraformOutput(this, "alb_dns_name", { value: alb.dnsName });
    new TerraformOutput(this, "cluster_name", { value: cluster.name });
  }

  /** Machines for tasks: an Auto Scaling group that the cluster makes larger and smaller. */
  private instances({ network, albSecurityGroup, cluster }: Shared): Capacity {
    const { settings } = this;
    const name = settings.named("instances");
    // #region role
    const role = new IamRole(this, "instance_role", {
      name: settings.named("ecs-instance"),
      identifier: "ec2.amazonaws.com",
      managedPolicyArns: [
        "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
      ],
    });
    const profile = new IamInstanceProfile(this, "instance_profile", { name, role: role.name });
    // #endregion role
    // #region ports
    const securityGroup = new SecurityGroup(this, "instances_security_group", {
      name,
      description: "The instances, for the load balancer only",
      vpcId: network.vpcId,
      port: [3000, { from: 32768, to: 60999 }],
      sourceGroupIds: [albSecurityGroup.id],
    });
    // #endregion ports
    // #region template
    const image = new DataAwsSsmParameter(this, "ecs_image", {
      name: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    });
    const joins = `#!/bin/bash
echo ECS_CLUSTER=${cluster.name} >> /etc/ecs/ecs.config
`;
    const template = new LaunchTemplate(this, "instances", {
      name,
      imageId: image.insecureValue,
      instanceType: "t2.micro",
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [securityGroup.id],
      userData: Fn.base64encode(joins),
    });
    // #endregion template
    // #region group
    const group = new AutoscalingGroup(this, "instances_group", {
      name,
      minSize: 0,
      maxSize: 3,
      vpcZoneIdentifier: network.privateSubnetIds,
      launchTemplate: { id: template.id, version: Token.asString(template.latestVersion) },
      protectFromScaleIn: true,
      forceDelete: true,
      tag: [{ key: "AmazonECSManaged", value: "", propagateAtLaunch: true }],
      lifecycle: { ignoreChanges: ["desired_capacity"] },
      dependsOn: [network.egress, ...role.permissions],
    });
    const provider = new EcsCapacityProvider(this, "instances_provider", {
      name,
      autoScalingGroupProvider: {
        autoScalingGroupArn: group.arn,
        managedScaling: { status: "ENABLED", targetCapacity: 100 },
        managedTerminationProtection: "ENABLED",
      },
    });
    return { provider: provider.name, ready: cluster.addCapacityProvider(provider.name) };
    // #endregion group
  }

  /** One task, in three ways to the network. */
  private modes(shared: Shared, capacity: Capacity, targets: Record<Mode, TargetGroup>): void {
    const { network, albSecurityGroup } = shared;
    const { settings } = this;
    const place = { shared, capacity, define: this.definition(shared) };
    // #region bridge
    this.onInstances(place, "bridge", targets.bridge, {
      dependsOn: [shared.alb.listener(8081)],
      orderedPlacementStrategy: [{ type: "binpack", field: "memory" }],
    });
    // #endregion bridge
    // #region host
    this.onInstances(place, "host", targets.host, {
      dependsOn: [shared.alb.listener(8082)],
      orderedPlacementStrategy: [{ type: "spread", field: "instanceId" }],
      deploymentMinimumHealthyPercent: 50,
      deploymentMaximumPercent: 100,
    });
    // #endregion host
    // #region awsvpc
    const securityGroup = new SecurityGroup(this, "awsvpc_security_group", {
      name: settings.named("awsvpc"),
      description: "The tasks in mode awsvpc, for the load balancer only",
      vpcId: network.vpcId,
      port: 3000,
      sourceGroupIds: [albSecurityGroup.id],
    });
    this.onInstances(place, "awsvpc", targets.awsvpc, {
      dependsOn: [shared.alb.listener(8083)],
      orderedPlacementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
      deploymentMinimumHealthyPercent: 50,
      deploymentMaximumPercent: 100,
      networkConfiguration: {
        subnets: network.privateSubnetIds,
        securityGroups: [securityGroup.id],
      },
    });
    // #endregion awsvpc
  }

  /** What defines the task in a mode: it is the same for all but its mode. */
  private definition({ executionRole }: Shared): (mode: Mode) => EcsTaskDefinition {
    const { settings } = this;
    const logs = new LogGroup(this, "modes_logs", { name: `/ecs/${settings.named("modes")}` });
    const taskRole = new IamRole(this, "modes_task_role", {
      name: settings.named("modes-task"),
      identifier: "ecs-tasks.amazonaws.com",
      policyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "ssmmessages:*", Resource: "*" }],
      }),
    });
    // #region task
    return (networkMode) => {
      // 0 leaves it to Docker. In the other modes a container has no port but its own.
      const hostPort = networkMode === "bridge" ? 0 : 3000;
      return new EcsTaskDefinition(this, `${networkMode}_task`, {
        family: settings.named(networkMode),
        requiresCompatibilities: ["EC2"],
        networkMode,
        executionRoleArn: executionRole.arn,
        taskRoleArn: taskRole.arn,
        containerDefinitions: JSON.stringify([
          {
            name: "node-app",
            image: settings.image("nodejs-app"),
            essential: true,
            memory: 128,
            environment: [{ name: "PORT", value: "3000" }],
            portMappings: [{ containerPort: 3000, hostPort, protocol: "tcp" }],
            linuxParameters: { initProcessEnabled: true },
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                "awslogs-group": logs.name,
                "awslogs-region": settings.region,
                "awslogs-stream-prefix": networkMode,
              },
            },
          },
        ]),
      });
    };
    // #endregion task
  }

  /** A service whose tasks run on the instances, in a mode. */
  private onInstances(
    { shared, capacity, define }: Place,
    mode: Mode,
    targets: TargetGroup,
    { dependsOn, ...own }: Pick<EcsServiceConfig, OwnOfMode>,
  ): void {
    const { cluster, network, executionRole } = shared;
    // #region service
    new EcsService(this, `${mode}_service`, {
      name: this.settings.named(mode),
      cluster: cluster.arn,
      taskDefinition: define(mode).arn,
      capacityProviderStrategy: [{ capacityProvider: capacity.provider, weight: 1 }],
      desiredCount: 2,
      healthCheckGracePeriodSeconds: 60,
      loadBalancer: [
        { targetGroupArn: targets.arn, containerName: "node-app", containerPort: 3000 },
      ],
      enableExecuteCommand: true,
      lifecycle: { ignoreChanges: ["task_definition"] },
      ...own,
      dependsOn: [
        capacity.ready,
        network.egress,
        ...executionRole.permissions,
        ...(dependsOn ?? []),
      ],
    });
    // #endregion service
  }
}
