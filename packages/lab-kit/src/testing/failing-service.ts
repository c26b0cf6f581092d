import type { AwsClients } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { SynthReader } from "../synth-reader.ts";
import { GO_APP } from "../web-app.ts";

/** The program of a service behind a load balancer, all called alike. */
export function failingServiceStack(service: string): SynthReader {
  const container = { name: "go-app", image: "golang-app-hanako:v1" };
  const resource = (type: string, attributes: Record<string, unknown>) => {
    return {
      stack: "service",
      kind: "resource",
      type,
      name: "go",
      address: `${type}.go`,
      attributes,
    } as const;
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

/**
 * Makes a service behind a load balancer, whose tasks no cloud can run; waits until the first has failed.
 *
 * @returns the load balancer's and the tasks' security group, which admits nobody yet
 */
export async function deployFailingService(
  aws: AwsClients,
  name: string,
  desiredCount: number,
): Promise<{ readonly group: string }> {
  const { vpcId, subnets, group } = await network(aws, name);
  const { TargetGroups = [] } = await aws.elbv2.createTargetGroup({
    Name: name,
    VpcId: vpcId,
    TargetType: "ip",
    Protocol: "HTTP",
    Port: GO_APP.port,
  });
  const { LoadBalancers = [] } = await aws.elbv2.createLoadBalancer({
    Name: name,
    Subnets: subnets,
    SecurityGroups: [group],
  });
  const TargetGroupArn = TargetGroups[0]!.TargetGroupArn!;
  await aws.elbv2.createListener({
    LoadBalancerArn: LoadBalancers[0]!.LoadBalancerArn,
    Port: GO_APP.port,
    Protocol: "HTTP",
    DefaultActions: [{ Type: "forward", TargetGroupArn }],
  });
  await aws.ecs.createCluster({ clusterName: name });
  await aws.ecs.registerTaskDefinition({
    family: name,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    cpu: "256",
    memory: "512",
    containerDefinitions: [
      {
        name: "go-app",
        image: "public.example/golang-app:v1",
        portMappings: [{ containerPort: GO_APP.port }],
      },
    ],
  });
  await aws.ecs.createService({
    cluster: name,
    serviceName: name,
    taskDefinition: name,
    launchType: "FARGATE",
    desiredCount,
    networkConfiguration: {
      awsvpcConfiguration: { subnets, securityGroups: [group], assignPublicIp: "ENABLED" },
    },
    loadBalancers: [
      { targetGroupArn: TargetGroupArn, containerName: "go-app", containerPort: GO_APP.port },
    ],
  });
  if (desiredCount > 0) await untilTasksFail(aws, name);
  return { group };
}

/** Their image is of a registry that there is none of: what checks find is the same from then on. */
async function untilTasksFail(aws: AwsClients, cluster: string): Promise<void> {
  const { met } = await pollUntil(
    () => aws.ecs.listTasks({ cluster, desiredStatus: "STOPPED" }),
    ({ taskArns = [] }) => taskArns.length > 0,
    { deadlineMs: 30_000 },
  );
  if (!met) throw new Error(`no task of ${cluster} has failed`);
}

async function network(
  aws: AwsClients,
  name: string,
): Promise<{ vpcId: string; subnets: string[]; group: string }> {
  const { Vpcs = [] } = await aws.ec2.describeVpcs({
    Filters: [{ Name: "is-default", Values: ["true"] }],
  });
  const vpcId = Vpcs[0]!.VpcId!;
  const { Subnets = [] } = await aws.ec2.describeSubnets({
    Filters: [{ Name: "vpc-id", Values: [vpcId] }],
  });
  const { GroupId } = await aws.ec2.createSecurityGroup({
    VpcId: vpcId,
    GroupName: name,
    Description: "test",
  });
  return { vpcId, subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!), group: GroupId! };
}
