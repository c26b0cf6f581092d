import type { AwsClients } from "@workbook/lab-kit";
import { list, UserError } from "@workbook/toolchain";

/** A service, and where its visitors come in. */
export interface LoadedService {
  readonly cluster: string;
  readonly service: string;
  readonly dnsName: string;
  readonly port: number;
}

/** Which service is meant: by its name or its app's; left out, the one that is scaled, or the only one. */
export interface LoadQuestion {
  readonly cluster: string;
  readonly owner: string;
  readonly wanted: string | undefined;
}

/**
 * The service that is to be loaded, behind its listener.
 *
 * @throws {UserError} where there is none, more than one is meant, or no load balancer leads to it
 */
export async function chooseLoaded(
  aws: AwsClients,
  { cluster, owner, wanted }: LoadQuestion,
): Promise<LoadedService> {
  const arns = await serviceArns(aws, cluster);
  const names = arns.map((arn) => arn.split("/").at(-1)!);
  if (names.length === 0) throw nothingRuns(cluster);
  const found =
    wanted === undefined
      ? await scaledOf(aws, cluster, names)
      : names.filter((name) => name === wanted || name === `${wanted}-${owner}`);
  const [service, ...others] = found;
  if (service === undefined || others.length > 0) throw unclear(names);
  const door = await doorOf(aws, cluster, service);
  if (door === undefined) throw noDoor(service);
  return { cluster, service, ...door };
}

async function serviceArns({ ecs }: AwsClients, cluster: string): Promise<string[]> {
  try {
    return (await ecs.listServices({ cluster, maxResults: 100 })).serviceArns ?? [];
  } catch (error) {
    if ((error as Error).name === "ClusterNotFoundException") return [];
    throw error;
  }
}

/** Those that are scaled; all of them where none is. */
async function scaledOf(
  { scaling }: AwsClients,
  cluster: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const { ScalableTargets = [] } = await scaling.describeScalableTargets({
    ServiceNamespace: "ecs",
  });
  const scaled = new Set(ScalableTargets.map(({ ResourceId }) => ResourceId));
  const own = names.filter((name) => scaled.has(`service/${cluster}/${name}`));
  return own.length > 0 ? own : names;
}

/** The first listener that leads to a service's target group. */
async function doorOf(
  { ecs, elbv2 }: AwsClients,
  cluster: string,
  service: string,
): Promise<{ readonly dnsName: string; readonly port: number } | undefined> {
  const { services = [] } = await ecs.describeServices({ cluster, services: [service] });
  const [group] = (services[0]?.loadBalancers ?? []).flatMap(
    ({ targetGroupArn }) => targetGroupArn ?? [],
  );
  if (group === undefined) return undefined;
  const { TargetGroups = [] } = await elbv2.describeTargetGroups({ TargetGroupArns: [group] });
  const [balancer] = TargetGroups[0]?.LoadBalancerArns ?? [];
  if (balancer === undefined) return undefined;
  const [{ LoadBalancers = [] }, { Listeners = [] }] = await Promise.all([
    elbv2.describeLoadBalancers({ LoadBalancerArns: [balancer] }),
    elbv2.describeListeners({ LoadBalancerArn: balancer }),
  ]);
  const listener = Listeners.find(({ DefaultActions = [] }) =>
    JSON.stringify(DefaultActions).includes(group),
  );
  const dnsName = LoadBalancers[0]?.DNSName;
  return dnsName === undefined || listener?.Port === undefined
    ? undefined
    : { dnsName, port: listener.Port };
}

function nothingRuns(cluster: string): UserError {
  return new UserError(
    [`Cluster ${cluster} has no service.`, `クラスター ${cluster} にサービスがありません。`],
    { code: "LOAD_NOTHING_RUNS", next: "./workbook deploy", exitCode: 1 },
  );
}

function unclear(names: readonly string[]): UserError {
  const known = list(names);
  return new UserError(
    [
      `There are the services ${known.en}: say which one is to get requests.`,
      `サービスは ${known.ja} です。どれにリクエストを送るかを指定してください。`,
    ],
    { code: "LOAD_SERVICE", next: `./workbook load ${names[0]}`, exitCode: 2 },
  );
}

function noDoor(service: string): UserError {
  return new UserError(
    [
      `No listener leads to ${service}, so there is no way in for requests.`,
      `${service} につながるリスナーがないので、リクエストを送れません。`,
    ],
    { code: "LOAD_NO_LISTENER", next: `./workbook why ${service}`, exitCode: 1 },
  );
}
