import type { AwsClients } from "./live.ts";

/** Something of the workbook's that is there. */
export interface Leftover {
  /** As EC2 and CloudFormation say it: `vpc`, `ecs:cluster`. */
  readonly type: string;
  /** Id, name or ARN. */
  readonly id: string;
}

/** The tags that every resource of a stack has. */
interface WorkbookTags {
  readonly Owner: string;
  readonly Project: string;
}

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
    for (let NextToken: string | undefined; ;) {
      const page = await ec2.describeTags({ Filters, NextToken });
      for (const { ResourceId, ResourceType } of page.Tags ?? [])
        found.set(ResourceId!, ResourceType!);
      NextToken = page.NextToken;
      if (!NextToken) return found;
    }
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
  const { NatGateways = [] } = await ec2.describeNatGateways({ Filter });
  return new Set(NatGateways.map(({ NatGatewayId }) => NatGatewayId!));
}

async function inEcs({ ecs }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const { clusterArns = [] } = await ecs.listClusters({ maxResults: 100 });
  if (clusterArns.length === 0) return [];
  const { clusters = [] } = await ecs.describeClusters({
    clusters: clusterArns,
    include: ["TAGS"],
  });
  return clusters
    .filter(({ status, tags }) => status !== "INACTIVE" && fits(tags, wanted))
    .map(({ clusterArn }) => ({ type: "ecs:cluster", id: clusterArn! }));
}

async function inElbv2({ elbv2 }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const [{ LoadBalancers = [] }, { TargetGroups = [] }] = await Promise.all([
    elbv2.describeLoadBalancers({}),
    elbv2.describeTargetGroups({}),
  ]);
  const arns = [
    ...LoadBalancers.map(({ LoadBalancerArn }) => LoadBalancerArn!),
    ...TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn!),
  ];
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
  const { repositories = [] } = await ecr.describeRepositories({});
  const found = await Promise.all(
    repositories.map(async ({ repositoryArn }) => {
      const { tags } = await ecr.listTagsForResource({ resourceArn: repositoryArn! });
      return fits(tags, wanted) ? [{ type: "ecr:repository", id: repositoryArn! }] : [];
    }),
  );
  return found.flat();
}

async function inLogs({ logs }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: "/ecs/" });
  const found = await Promise.all(
    logGroups.map(async ({ arn, logGroupArn }) => {
      const resourceArn = (logGroupArn ?? arn!).replace(/:\*$/, "");
      const { tags = {} } = await logs.listTagsForResource({ resourceArn });
      const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
      return fits(pairs, wanted) ? [{ type: "log-group", id: resourceArn }] : [];
    }),
  );
  return found.flat();
}

async function inIam({ iam }: AwsClients, wanted: WorkbookTags): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (let Marker: string | undefined; ;) {
    const page = await iam.listRoles({ Marker });
    const ours = (page.Roles ?? []).filter(({ RoleName }) =>
      RoleName!.endsWith(`-${wanted.Owner}`),
    );
    for (const { RoleName, Arn } of ours) {
      const { Tags } = await iam.listRoleTags({ RoleName: RoleName! });
      if (fits(Tags, wanted)) found.push({ type: "iam:role", id: Arn! });
    }
    if (!page.IsTruncated) return found;
    Marker = page.Marker;
  }
}
