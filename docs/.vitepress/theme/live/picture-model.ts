import type {
  ClusterPicture,
  LoadBalancerPicture,
  PathPicture,
  PictureMessage,
  SubnetPicture,
  TargetPicture,
  TaskPicture,
  VpcPicture,
} from "@workbook/local-aws/live";

/** A task as it is drawn. */
export interface DrawnTask extends TaskPicture {
  readonly id: string;
  /** `old` where its service has a newer revision to run. */
  readonly tone: "current" | "old";
  /** What target groups say of it. */
  readonly targets: readonly TargetPicture[];
}

/** The subnets of one kind: one cell for each zone of the VPC, so that zones stand below each other. */
export interface Band {
  readonly isPublic: boolean;
  readonly loadBalancers: readonly LoadBalancerPicture[];
  readonly zones: readonly { readonly zone: string; readonly subnets: readonly DrawnSubnet[] }[];
}

/** A subnet with what runs in it. */
export interface DrawnSubnet extends SubnetPicture {
  readonly tasks: readonly DrawnTask[];
}

/** Ways between the same two that are open, or closed by the same kind of thing: one arrow with several ports. */
export interface Way extends Omit<PathPicture, "port" | "reason"> {
  readonly ports: readonly number[];
  readonly reasons: readonly string[];
}

/** The last part of an ARN or a stream's name. */
export function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** Enough of a task's id to tell it from its neighbours. */
export function shortId(taskId: string): string {
  return taskId.slice(0, 6);
}

/** The revision in `node-app-hanako:3`. */
export function revisionOf(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf(":") + 1);
}

/** All load balancers; none before there is a picture. */
export function balancersOf(picture: PictureMessage | undefined): readonly LoadBalancerPicture[] {
  return (picture?.vpcs ?? []).flatMap(({ loadBalancers }) => loadBalancers);
}

/** All tasks, each with what its service and its target groups say of it. */
export function drawTasks(picture: PictureMessage): readonly DrawnTask[] {
  const targets = balancersOf(picture)
    .flatMap(({ listeners }) => listeners)
    .flatMap(({ targetGroups }) => targetGroups)
    .flatMap((group) => group.targets);
  return picture.clusters.flatMap((cluster) =>
    cluster.tasks.map((task) => ({
      ...task,
      id: idOf(task.taskArn),
      tone: isOutdated(task, cluster) ? "old" : "current",
      targets: targets.filter(({ taskArn }) => taskArn === task.taskArn),
    })),
  );
}

function isOutdated(task: TaskPicture, { services }: ClusterPicture): boolean {
  const service = services.find(({ name }) => name === task.serviceName);
  const primary = service?.deployments.find(({ status }) => status === "PRIMARY");
  return primary !== undefined && idOf(primary.taskDefinition) !== idOf(task.taskDefinition);
}

/** The public subnets above the private ones; a kind that has no subnet is left out. */
export function drawBands(vpc: VpcPicture, tasks: readonly DrawnTask[]): readonly Band[] {
  const zones = [
    ...new Set(vpc.subnets.map(({ availabilityZone }) => availabilityZone)),
  ].toSorted();
  const drawn = vpc.subnets.map((subnet) => ({
    ...subnet,
    tasks: tasks.filter(({ subnetId }) => subnetId === subnet.subnetId),
  }));
  return [true, false].flatMap((isPublic) => {
    const subnets = drawn.filter((subnet) => subnet.isPublic === isPublic);
    if (subnets.length === 0) return [];
    const holds = (id: string) => subnets.some(({ subnetId }) => subnetId === id);
    return {
      isPublic,
      loadBalancers: vpc.loadBalancers.filter(({ subnetIds }) => holds(subnetIds[0] ?? "")),
      zones: zones.map((zone) => ({
        zone,
        subnets: subnets.filter(({ availabilityZone }) => availabilityZone === zone),
      })),
    };
  });
}

/** Tasks that stand in no subnet that is drawn. */
export function tasksElsewhere(picture: PictureMessage, tasks: readonly DrawnTask[]) {
  const drawn = picture.vpcs.flatMap(({ subnets }) => subnets.map(({ subnetId }) => subnetId));
  return tasks.filter(({ subnetId }) => subnetId === null || !drawn.includes(subnetId));
}

/** Puts ports that share their fate together. */
export function toWays(paths: readonly PathPicture[]): readonly Way[] {
  const fate = ({ from, to, allowed, code }: PathPicture) =>
    JSON.stringify([from, to, allowed, code]);
  return Object.values(Object.groupBy(paths, fate)).map((same = []) => {
    const { from, to, allowed, code } = same[0]!;
    const reasons = new Set(same.flatMap(({ reason }) => reason ?? []));
    return { from, to, allowed, code, ports: same.map(({ port }) => port), reasons: [...reasons] };
  });
}
