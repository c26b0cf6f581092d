import type { Service, Task } from "@aws-sdk/client-ecs";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SpokenError } from "@workbook/toolchain";

import type { LiveContext } from "../live.ts";
import type { SynthResource } from "../synth-reader.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { listenersOn, servicesOf } from "./wiring.ts";

/** The names by which ECS knows an app's service. */
export interface ServiceNames {
  readonly cluster: string;
  readonly service: string;
}

/** A load balancer that has a name to send requests to. */
type NamedBalancer = LoadBalancer & { readonly DNSName: string };

/** Something that a check needs is not deployed; the message says what. */
export class NotDeployedError extends SpokenError {
  override readonly name = "NotDeployedError";
}

/**
 * What the stack calls an app's service and its cluster.
 *
 * @throws {NotDeployedError} when the stack has no such service, or leaves a name to Terraform
 */
export function serviceNames(context: LiveContext, app: ServedApp): ServiceNames {
  const [service] = servicesOf(context, app);
  if (service === undefined)
    throw new NotDeployedError([
      `The stack has no service that runs ${app.container}`,
      `スタックに ${app.container} を動かすサービスがありません`,
    ]);
  const cluster = service.attributes["cluster"];
  const [owner] = context.synth.referredToBy(service, cluster);
  return {
    service: literal(service, service.attributes["name"]),
    cluster:
      owner === undefined ? literal(service, cluster) : literal(owner, owner.attributes["name"]),
  };
}

/** An app's service as ECS has it now; undefined when it has none that is active. */
export async function describeService(
  context: LiveContext,
  app: ServedApp,
): Promise<Service | undefined> {
  const names = serviceNames(context, app);
  try {
    const { services = [] } = await context.aws.ecs.describeServices({
      cluster: names.cluster,
      services: [names.service],
    });
    return services.find(({ status }) => status === "ACTIVE");
  } catch (error) {
    if (error instanceof Error && error.name === "ClusterNotFoundException") return undefined;
    throw error;
  }
}

/**
 * An app's service, where there has to be one.
 *
 * @throws {NotDeployedError} when there is none
 */
export async function deployedService(context: LiveContext, app: ServedApp): Promise<Service> {
  const service = await describeService(context, app);
  if (service !== undefined) return service;
  const names = serviceNames(context, app);
  throw new NotDeployedError([
    `The service ${names.service} does not exist in cluster ${names.cluster}: deploy first`,
    `クラスター ${names.cluster} にサービス ${names.service} がありません。先にデプロイしてください`,
  ]);
}

/** The tasks of a service that stopped lately, newest first; ECS forgets them after an hour or so. */
export async function stoppedTasks(
  context: LiveContext,
  names: ServiceNames,
): Promise<readonly Task[]> {
  const tasks = await tasksOf(context, names, "STOPPED");
  return tasks.toSorted((a, b) => (b.stoppedAt?.getTime() ?? 0) - (a.stoppedAt?.getTime() ?? 0));
}

/** The tasks of a service that run now and are not about to stop. */
export async function runningTasks(
  context: LiveContext,
  names: ServiceNames,
): Promise<readonly Task[]> {
  const tasks = await tasksOf(context, names, "RUNNING");
  return tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
async function tasksOf(
  { aws: { ecs } }: LiveContext,
  { cluster, service }: ServiceNames,
  desiredStatus: "RUNNING" | "STOPPED",
): Promise<readonly Task[]> {
  const { taskArns = [] } = await ecs.listTasks({ cluster, serviceName: service, desiredStatus });
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns });
  return tasks;
}

/**
 * The ARN of the target group that a service registers its tasks in.
 *
 * @throws {NotDeployedError} when it registers in none
 */
export function targetGroupArnOf(service: Service): string {
  const arn = service.loadBalancers?.[0]?.targetGroupArn;
  if (arn === undefined)
    throw new NotDeployedError([
      `The service ${service.serviceName} has no target group`,
      `サービス ${service.serviceName} にターゲットグループがありません`,
    ]);
  return arn;
}

/**
 * The load balancer in front of an app's service.
 *
 * @throws {NotDeployedError} when no load balancer leads to the service's target group
 */
export async function loadBalancerOf(context: LiveContext, app: ServedApp): Promise<NamedBalancer> {
  const { elbv2 } = context.aws;
  const targetGroupArn = targetGroupArnOf(await deployedService(context, app));
  const { TargetGroups = [] } = await elbv2.describeTargetGroups({
    TargetGroupArns: [targetGroupArn],
  });
  const arns = TargetGroups.flatMap(({ LoadBalancerArns = [] }) => LoadBalancerArns);
  const { LoadBalancers = [] } =
    arns.length === 0 ? {} : await elbv2.describeLoadBalancers({ LoadBalancerArns: arns });
  const [balancer] = LoadBalancers;
  if (balancer?.DNSName === undefined) {
    throw new NotDeployedError([
      `No load balancer leads to the target group of ${app.container}`,
      `${app.container} のターゲットグループに転送するロードバランサーがありません`,
    ]);
  }
  return { ...balancer, DNSName: balancer.DNSName };
}

/**
 * The load balancer that the stack says answers on an app's port, whether a service registers behind it or not.
 *
 * @throws {NotDeployedError} when the stack has none
 */
export async function loadBalancerInFrontOf(
  context: LiveContext,
  app: ServedApp,
): Promise<NamedBalancer> {
  const port = listenerPort(app);
  const [balancer] = listenersOn(context, port).flatMap((listener) =>
    context.synth.referredToBy(listener, listener.attributes["load_balancer_arn"]),
  );
  if (balancer === undefined)
    throw new NotDeployedError([
      `The stack has no load balancer that listens on ${port}`,
      `スタックにポート ${port} で待ち受けるロードバランサーがありません`,
    ]);
  const name = literal(balancer, balancer.attributes["name"]);
  const { LoadBalancers = [] } = await context.aws.elbv2.describeLoadBalancers({ Names: [name] });
  const found = LoadBalancers[0];
  if (found?.DNSName === undefined)
    throw new NotDeployedError([
      `The load balancer ${name} does not exist: deploy first`,
      `ロードバランサー ${name} がありません。先にデプロイしてください`,
    ]);
  return { ...found, DNSName: found.DNSName };
}

function literal(resource: SynthResource, value: unknown): string {
  if (typeof value === "string" && !value.includes("${")) return value;
  throw new NotDeployedError([
    `${resource.address} does not say in words what it is called: ${String(value)}`,
    `${resource.address} の名前が文字列で書かれていません: ${String(value)}`,
  ]);
}
