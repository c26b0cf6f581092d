import type {
  ContainerDefinition,
  ECS,
  RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";

import type { REFUSAL_KINDS } from "../../src/diagnosis/kinds/refused.ts";
import type { AwsClients } from "../../src/live.ts";
import { createExecutionRole } from "../../src/testing/balanced-service.ts";

/** What a call is made of. */
interface Given {
  readonly aws: AwsClients;
  readonly vpcId: string;
  readonly subnets: string[];
  /** Somebody who may do all but hand roles on. */
  readonly deployer: () => Promise<ECS>;
}

const web = (container: Partial<ContainerDefinition> = {}): ContainerDefinition => ({
  name: "web",
  image: "web:1",
  portMappings: [{ containerPort: 80 }],
  ...container,
});

const definition = (
  family: string,
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): RegisterTaskDefinitionCommandInput => ({
  family,
  cpu: "256",
  memory: "512",
  networkMode: "awsvpc",
  requiresCompatibilities: ["FARGATE"],
  containerDefinitions: [web()],
  ...more,
});

/** Makes a service of a family of its own. */
async function serve({ aws, subnets }: Given, name: string, more: object = {}): Promise<void> {
  await aws.ecs.registerTaskDefinition(definition(name));
  await aws.ecs.createService({
    cluster: "shop",
    serviceName: name,
    taskDefinition: name,
    desiredCount: 0,
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets } },
    ...more,
  });
}

async function targetGroup(
  { aws, vpcId }: Given,
  Name: string,
  TargetType: "ip" | "instance",
): Promise<string> {
  const { TargetGroups } = await aws.elbv2.createTargetGroup({
    Name,
    VpcId: vpcId,
    TargetType,
    Protocol: "HTTP",
    Port: 80,
  });
  return TargetGroups![0]!.TargetGroupArn!;
}

async function listened(given: Given, name: string, type: "ip" | "instance"): Promise<string> {
  const group = await targetGroup(given, name, type);
  const { LoadBalancers } = await given.aws.elbv2.createLoadBalancer({
    Name: name,
    Subnets: given.subnets,
  });
  await given.aws.elbv2.createListener({
    LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
    Port: 80,
    Protocol: "HTTP",
    DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
  });
  return group;
}

const behind = (targetGroupArn: string, containerPort = 80) => ({
  loadBalancers: [{ targetGroupArn, containerName: "web", containerPort }],
});

/** The call that AWS refuses, with what leads to it. It may be made again. */
export const REFUSED: Readonly<
  Record<keyof typeof REFUSAL_KINDS, (given: Given) => Promise<unknown>>
> = {
  "refused-pass-role": async ({ aws, deployer }) => {
    const executionRoleArn = await createExecutionRole(aws, "handed-on");
    const ecs = await deployer();
    await ecs
      .registerTaskDefinition(definition("pass", { executionRoleArn }))
      .finally(() => ecs.destroy());
  },
  "refused-target-type": async (given) =>
    serve(given, "by-instance", behind(await listened(given, "by-instance", "instance"))),
  "refused-target-group-alone": async (given) =>
    serve(given, "alone", behind(await targetGroup(given, "alone", "ip"))),
  "refused-container-port": async (given) =>
    serve(given, "port", behind(await listened(given, "port", "ip"), 3000)),
  "refused-fargate-size": ({ aws }) =>
    aws.ecs.registerTaskDefinition(definition("size", { memory: "4096" })),
  "refused-container-memory": ({ aws }) =>
    aws.ecs.registerTaskDefinition(
      definition("memory", { containerDefinitions: [web({ memory: 1024 })] }),
    ),
  "refused-execution-role": ({ aws }) =>
    aws.ecs.registerTaskDefinition(
      definition("logs", {
        containerDefinitions: [
          web({
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                "awslogs-group": "/ecs/web",
                "awslogs-region": "ap-northeast-1",
                "awslogs-stream-prefix": "ecs",
              },
            },
          }),
        ],
      }),
    ),
  "refused-host-port": ({ aws }) =>
    aws.ecs.registerTaskDefinition(
      definition("host-port", {
        containerDefinitions: [web({ portMappings: [{ containerPort: 3000, hostPort: 80 }] })],
      }),
    ),
  "refused-exec-role": (given) => serve(given, "exec", { enableExecuteCommand: true }),
  "refused-capacity-provider": (given) =>
    serve(given, "spot", {
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    }),
  "refused-service-exists": async (given) => {
    await serve(given, "twice");
    await serve(given, "twice", { desiredCount: 1 });
  },
  "refused-name-taken": async ({ aws: { logs } }) => {
    await logs.createLogGroup({ logGroupName: "/ecs/taken" });
    await logs.createLogGroup({ logGroupName: "/ecs/taken" });
  },
  "refused-target-group-in-use": async (given) => {
    const TargetGroupArn = await listened(given, "in-use", "ip");
    await given.aws.elbv2.deleteTargetGroup({ TargetGroupArn });
  },
  "refused-zones": async ({ aws, vpcId, subnets }) => {
    const { Subnets = [] } = await aws.ec2.describeSubnets({ SubnetIds: [subnets[0]!] });
    const { Subnet } = await aws.ec2.createSubnet({
      VpcId: vpcId,
      CidrBlock: "172.31.240.0/24",
      AvailabilityZone: Subnets[0]!.AvailabilityZone,
    });
    const both = [subnets[0]!, Subnet!.SubnetId!];
    await aws.elbv2.createLoadBalancer({ Name: "one-zone", Subnets: both });
  },
  "refused-subnet-conflict": async ({ aws, vpcId, subnets }) => {
    const { Subnets = [] } = await aws.ec2.describeSubnets({ SubnetIds: [subnets[0]!] });
    await aws.ec2.createSubnet({ VpcId: vpcId, CidrBlock: Subnets[0]!.CidrBlock });
  },
  "refused-dependency": async ({ aws: { ec2 } }) => {
    const { Vpc } = await ec2.createVpc({ CidrBlock: "10.9.0.0/16" });
    const VpcId = Vpc!.VpcId!;
    await ec2.createSubnet({ VpcId, CidrBlock: "10.9.0.0/24" });
    await ec2.deleteVpc({ VpcId });
  },
  "refused-repository-not-empty": async ({ aws: { ecr } }) => {
    const repositoryName = "kept";
    await ecr.createRepository({ repositoryName });
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [],
    });
    await ecr.putImage({ repositoryName, imageManifest, imageTag: "v1" });
    await ecr.deleteRepository({ repositoryName });
  },
  "refused-secret-pending": async ({ aws: { secrets } }) => {
    await secrets.createSecret({ Name: "again", SecretString: "s" });
    await secrets.deleteSecret({ SecretId: "again", RecoveryWindowInDays: 7 });
    await secrets.createSecret({ Name: "again", SecretString: "s" });
  },
};
