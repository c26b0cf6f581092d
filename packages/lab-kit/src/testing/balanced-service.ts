import type { CreateServiceCommandInput } from "@aws-sdk/client-ecs";
import type { CreateTargetGroupCommandInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../live.ts";
import { SynthReader } from "../synth-reader.ts";
import { GO_APP } from "../web-app.ts";

const POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

/**
 * The program of a service behind a load balancer, all called alike.
 *
 * @param container what its task runs; the Go app unless told
 */
export function balancedServiceStack(
  service: string,
  container = { name: "go-app", image: "golang-app-hanako:v1" },
): SynthReader {
  const resource = (type: string, attributes: Record<string, unknown>) => {
    const address = `${type}.go`;
    return { stack: "service", kind: "resource", type, name: "go", address, attributes } as const;
  };
  return new SynthReader([
    resource("aws_ecs_cluster", { name: service }),
    resource("aws_ecs_task_definition", { container_definitions: JSON.stringify([container]) }),
    resource("aws_ecs_service", {
      name: service,
      cluster: "${aws_ecs_cluster.go.arn}",
      task_definition: "${aws_ecs_task_definition.go.arn}",
    }),
    resource("aws_lb", { name: service }),
    resource("aws_lb_listener", { port: GO_APP.port, load_balancer_arn: "${aws_lb.go.arn}" }),
  ]);
}

/** Makes a role that tasks are started with. @returns its ARN */
export async function createExecutionRole(
  { iam }: Pick<AwsClients, "iam">,
  RoleName: string,
): Promise<string> {
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST });
  await iam.attachRolePolicy({ RoleName, PolicyArn: POLICY });
  return Role!.Arn!;
}

/** The default VPC, and two of its subnets, in which everything has a way out. */
export async function defaultNetwork({
  ec2,
}: Pick<AwsClients, "ec2">): Promise<{ vpcId: string; subnets: string[] }> {
  const { Vpcs = [] } = await ec2.describeVpcs({
    Filters: [{ Name: "is-default", Values: ["true"] }],
  });
  const vpcId = Vpcs[0]!.VpcId!;
  const { Subnets = [] } = await ec2.describeSubnets({
    Filters: [{ Name: "vpc-id", Values: [vpcId] }],
  });
  return { vpcId, subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!) };
}

/** What services of tests differ in. */
interface BalancedService {
  readonly name: string;
  readonly image: string;
  readonly desiredCount: number;
  readonly executionRoleArn?: string;
  /** Of the load balancer and the tasks; left out: the VPC's default one. */
  readonly securityGroup?: string;
  readonly targetGroup?: Partial<CreateTargetGroupCommandInput>;
  readonly service?: Partial<CreateServiceCommandInput>;
}

async function registerTask(
  { ecs }: AwsClients,
  family: string,
  image: string,
  executionRoleArn: string | undefined,
): Promise<void> {
  await ecs.registerTaskDefinition({
    family,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    executionRoleArn,
    containerDefinitions: [
      { name: "go-app", image, portMappings: [{ containerPort: GO_APP.port }] },
    ],
  });
}

/**
 * Makes a service of the default VPC behind a load balancer, in a cluster of its own; all are called alike.
 * @returns the ARN of its target group
 */
export async function deployBalancedService(
  aws: AwsClients,
  { name, image, desiredCount, executionRoleArn, securityGroup, ...more }: BalancedService,
): Promise<{ readonly targetGroup: string }> {
  const { vpcId, subnets } = await defaultNetwork(aws);
  const groups = securityGroup === undefined ? undefined : [securityGroup];
  const { TargetGroups = [] } = await aws.elbv2.createTargetGroup({
    Name: name,
    VpcId: vpcId,
    TargetType: "ip",
    Protocol: "HTTP",
    Port: GO_APP.port,
    ...more.targetGroup,
  });
  const targetGroupArn = TargetGroups[0]!.TargetGroupArn!;
  const { LoadBalancers = [] } = await aws.elbv2.createLoadBalancer({
    Name: name,
    Subnets: subnets,
    SecurityGroups: groups,
  });
  await aws.elbv2.createListener({
    LoadBalancerArn: LoadBalancers[0]!.LoadBalancerArn,
    Port: GO_APP.port,
    Protocol: "HTTP",
    DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
  });
  await aws.ecs.createCluster({ clusterName: name });
  await registerTask(aws, name, image, executionRoleArn);
  await aws.ecs.createService({
    cluster: name,
    serviceName: name,
    taskDefinition: name,
    launchType: "FARGATE",
    desiredCount,
    networkConfiguration: {
      awsvpcConfiguration: { subnets, securityGroups: groups, assignPublicIp: "ENABLED" },
    },
    loadBalancers: [{ targetGroupArn, containerName: "go-app", containerPort: GO_APP.port }],
    ...more.service,
  });
  return { targetGroup: targetGroupArn };
}
