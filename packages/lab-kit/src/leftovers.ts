import type { Words } from "@workbook/toolchain";
import type { AwsClients } from "./live.ts";
import { allRepositories } from "./repositories.ts";

/** Something of the workbook's that is there. */
export interface Leftover {
  /** As EC2 and CloudFormation say it: `vpc`, `ecs:cluster`. */
  readonly type: string;
  /** Id, name or ARN. */
  readonly id: string;
  /** What to know of it, where it is not one of a stack's. */
  readonly note?: Words;
}

/** The tags that every resource of a stack has. */
interface WorkbookTags {
  readonly Owner: string;
  readonly Project: string;
}

/** How many clusters AWS describes at once: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html */
const CLUSTERS_AT_ONCE = 100;
/** How many names AWS takes at once where it asks for tags: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
const TAGS_AT_ONCE = 20;

/**
 * Everything in the account and region that has an owner's tags, by asking each service. What AWS lists for a while after
 * it was deleted (NAT gateways, clusters, task definitions) is left out: nothing is paid for it.
 */
export async function findLeftovers(aws: AwsClients, owner: string): Promise<readonly Leftover[]> {
  const tags: WorkbookTags = { Owner: owner, Project: "ecs-workbook" };
  const found = await Promise.all([
    inEc2(aws, tags),
    inEcs(aws, tags),
    inElbv2(aws, tags),
    inEcr(aws, tags),
    inLogs(aws, tags),
    ofContainerInsights(aws, owner),
    inIam(aws, tags),
  ]);
  return found.flat();
}

type Tag = {
  readonly key?: string;
  readonly value?: string;
  readonly Key?: string;
  readonly Value?: string;
};

function fits(tags: readonly Tag[] | undefined, wanted: WorkbookTags): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    tags?.some((tag) => (tag.key ?? tag.Key) === name && (tag.value ?? tag.Value) === value),
  );
}

async function inEc2({ ec2 }: AwsClients, { Owner, Project }: WorkbookTags): Promise<Leftover[]> {
  const tagged = async (name: string, value: string) => {
    const Filters = [
      { Name: "key", Values: [name] },
      { Name: "value", Values: [value] },
    ];
    const found = new Map<string, string>();
    for await (const { Tags = [] } of ec2.paginateDescribeTags({ Filters }))
      for (const { ResourceId, ResourceType } of Tags) found.set(ResourceId!, ResourceType!);
    return found;
  };
  const [owned, ofProject] = await Promise.all([
    tagged("Owner", Owner),
    tagged("Project", Project),
  ]);
  const both = [...owned].filter(([id]) => ofProject.has(id)).map(([id, type]) => ({ type, id }));
  const deleted = await deletedNatGateways({ ec2 });
  return both.filter(({ id }) => !deleted.has(id));
}

async function deletedNatGateways({ ec2 }: Pick<AwsClients, "ec2">): Promise<ReadonlySet<string>> {
  const Filter = [{ Name: "state", Values: ["deleted", "deleting"] }];
  const found = new Set<string>();
  for await (const { NatGateways = [] } of ec2.paginateDescribeNatGateways({ Filter }))
    for (const { NatGatewayId } of NatGateways) found.add(NatGatewayId!);
  return found;
}

async function inEcs({ ecs }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const pages = ecs.paginateListClusters({}, { pageSize: CLUSTERS_AT_ONCE });
  for await (const { clusterArns = [] } of pages) {
    if (clusterArns.length === 0) continue;
    const { clusters = [] } = await ecs.describeClusters({
      clusters: clusterArns,
      include: ["TAGS"],
    });
    for (const { clusterArn, status, tags } of clusters)
      if (status !== "INACTIVE" && fits(tags, wanted))
        found.push({ type: "ecs:cluster", id: clusterArn! });
  }
  return found;
}

async function inElbv2({ elbv2 }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const arns: string[] = [];
  for await (const { LoadBalancers = [] } of elbv2.paginateDescribeLoadBalancers({}))
    arns.push(...LoadBalancers.map(({ LoadBalancerArn }) => LoadBalancerArn!));
  for await (const { TargetGroups = [] } of elbv2.paginateDescribeTargetGroups({}))
    arns.push(...TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn!));
  const found: Leftover[] = [];
  for (let first = 0; first < arns.length; first += TAGS_AT_ONCE) {
    const ResourceArns = arns.slice(first, first + TAGS_AT_ONCE);
    const { TagDescriptions = [] } = await elbv2.describeTags({ ResourceArns });
    for (const { ResourceArn, Tags } of TagDescriptions) {
      const type = ResourceArn!.includes(":loadbalancer/") ? "load-balancer" : "target-group";
      if (fits(Tags, wanted)) found.push({ type, id: ResourceArn! });
    }
  }
  return found;
}

async function inEcr({ ecr }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { repositoryArn } of await allRepositories(ecr)) {
    const { tags } = await ecr.listTagsForResource({ resourceArn: repositoryArn! });
    if (fits(tags, wanted)) found.push({ type: "ecr:repository", id: repositoryArn! });
  }
  return found;
}

async function inLogs({ logs }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const pages = logs.paginateDescribeLogGroups({ logGroupNamePrefix: "/ecs/" });
  for await (const { logGroups = [] } of pages) {
    for (const { arn, logGroupArn } of logGroups) {
      const resourceArn = (logGroupArn ?? arn!).replace(/:\*$/, "");
      const { tags = {} } = await logs.listTagsForResource({ resourceArn });
      const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
      if (fits(pairs, wanted)) found.push({ type: "log-group", id: resourceArn });
    }
  }
  return found;
}

/**
 * What Container Insights keeps of the owner's cluster: a log group that AWS makes, without tags, and that goes with no
 * stack. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-logs-ECS.html
 */
async function ofContainerInsights({ logs }: AwsClients, owner: string): Promise<Leftover[]> {
  const name = `/aws/ecs/containerinsights/workbook-${owner}/performance`;
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name });
  return logGroups
    .filter(({ logGroupName }) => logGroupName === name)
    .map(() => ({
      type: "log-group",
      id: name,
      note: [
        `AWS's own, without tags: aws logs delete-log-group --log-group-name ${name}`,
        `AWS が作ったもので、タグはありません: aws logs delete-log-group --log-group-name ${name}`,
      ],
    }));
}

async function inIam({ iam }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for await (const { Roles = [] } of iam.paginateListRoles({})) {
    for (const { RoleName, Arn } of Roles) {
      if (!RoleName!.endsWith(`-${wanted.Owner}`)) continue;
      const { Tags } = await iam.listRoleTags({ RoleName: RoleName! });
      if (fits(Tags, wanted)) found.push({ type: "iam:role", id: Arn! });
    }
  }
  return found;
}
