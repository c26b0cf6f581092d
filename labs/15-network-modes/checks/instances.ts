import {
  blocksOf,
  type Check,
  defineCheck,
  failed,
  gatewaysOf,
  hint,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { ecsPage } from "./modes.ts";

const PARAMETER = /^\/aws\/service\/ecs\/optimized-ami\/amazon-linux-/;
const POLICY = "AmazonEC2ContainerServiceforEC2Role";

const FAULTS = {
  missing: hint(
    [
      "A service can ask Fargate for its tasks' machines. Whom does it ask for instances of yours?",
      "サービスは Fargate にタスクの実行場所を求められます。自分のインスタンスは、何に求めますか。",
    ],
    both`${["A capacity provider, which makes an Auto Scaling group larger and smaller:", "キャパシティープロバイダーです。Auto Scaling グループの台数を増減します:"]} ${ecsPage("asg-capacity-providers")}`,
    'new EcsCapacityProvider(this, "instances_provider", { … });',
  ),
  "not-of-cluster": hint(
    [
      "Which capacity providers may services of this cluster ask for?",
      "このクラスターのサービスが使えるキャパシティープロバイダーはどれですか。",
    ],
    both`${["Those that the cluster was given, beside Fargate:", "クラスターに関連付けたものだけです。Fargate と並べて関連付けます:"]} ${ecsPage("cluster-capacity-providers")}`,
    "cluster.addCapacityProvider(provider.name);",
  ),
  "no-scaling": hint(
    [
      "Who starts an instance when a task waits for one?",
      "タスクがインスタンスを待つとき、誰が起動しますか。",
    ],
    both`${["ECS does, where managed scaling is enabled:", "マネージドスケーリングを有効にすると、ECS が起動します:"]} ${ecsPage("managed-scaling-behavior")}`,
    'managedScaling: { status: "ENABLED", targetCapacity: 100 },',
  ),
  protection: hint(
    [
      "The group becomes smaller. Which instance goes: the empty one?",
      "グループの台数が減るとき、どのインスタンスが終了しますか。タスクのないものですか。",
    ],
    both`${["Only where ECS may protect those with tasks, and the group lets it:", "タスクのあるものを ECS が保護でき、グループもそれを許す場合だけです:"]} ${ecsPage("managed-termination-protection")}`,
    "protectFromScaleIn: true,",
  ),
  subnets: hint(
    [
      "How does an instance reach ECS, to say that it is there?",
      "インスタンスは、自分の存在を知らせるために、どう ECS に到達しますか。",
    ],
    both`${["From a private subnet through the NAT gateway:", "プライベートサブネットから NAT ゲートウェイを通ります:"]} ${ecsPage("launch_container_instance")}`,
    "vpcZoneIdentifier: network.privateSubnetIds,",
  ),
  image: hint(
    [
      "What runs on an instance before your tasks do?",
      "タスクより先に、インスタンスの上で何が動きますか。",
    ],
    both`${["Docker and ECS's agent. AWS publishes images with both, and says in a public parameter which is the newest:", "Docker と ECS エージェントです。AWS は両方が入った AMI を公開し、最新のものをパブリックパラメータで知らせています:"]} ${ecsPage("retrieve-ecs-optimized_AMI")}`,
    'name: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",',
  ),
  "user-data": hint(
    [
      "To which cluster does an instance belong, and who tells it?",
      "インスタンスはどのクラスターに属しますか。誰がそれを伝えますか。",
    ],
    both`${["Its user data, in the agent's configuration. Without a word it looks for a cluster called default:", "ユーザーデータで、エージェントの設定に書きます。何も書かないと default という名前のクラスターを探します:"]} ${ecsPage("bootstrap_container_instance")}`,
    "echo ECS_CLUSTER=${cluster.name} >> /etc/ecs/ecs.config",
  ),
  role: hint(
    [
      "As whom does the agent on the instance call ECS?",
      "インスタンスのエージェントは、誰として ECS を呼び出しますか。",
    ],
    both`${["As the role in its instance profile, to which AWS's policy for instances is attached:", "インスタンスプロファイルのロールとしてです。AWS のインスタンス用のポリシーをアタッチします:"]} ${ecsPage("instance_IAM_role")}`,
    '"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",',
  ),
};

type Fault = keyof typeof FAULTS;

/** What a capacity provider leads to, each where there is one. */
export interface Instances {
  readonly provider: SynthResource;
  readonly group: SynthResource | undefined;
  readonly template: SynthResource | undefined;
}

/** The instances that the stack has, behind a capacity provider. */
export function instancesOf({ synth }: SynthContext): Instances | undefined {
  const [provider] = synth.all("aws_ecs_capacity_provider");
  if (provider === undefined) return undefined;
  const [block = {}] = blocksOf(provider.attributes, "auto_scaling_group_provider");
  const [group] = synth.referredToBy(provider, block["auto_scaling_group_arn"]);
  const [launched = {}] = group ? blocksOf(group.attributes, "launch_template") : [];
  const template = group && synth.referredToBy(group, launched)[0];
  return { provider, group, template };
}

/** The cluster has instances beside Fargate: a group behind a capacity provider, which join it and may do so. */
export function hasInstances(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Instances for the cluster, behind a capacity provider",
      "キャパシティープロバイダーで使えるインスタンスがある",
    ]),
    faults: FAULTS,
    run(context) {
      const found = instancesOf(context);
      if (found?.group === undefined || found.template === undefined)
        return failed(
          "missing",
          [
            "a capacity provider of an Auto Scaling group with a launch template",
            "起動テンプレートを使う Auto Scaling グループのキャパシティープロバイダーがある",
          ],
          both`${["there are", "あるもの:"]} ${listed([found?.provider, found?.group, found?.template].flatMap((each) => each?.address ?? []))}`,
        );
      const { provider, group, template } = found;
      return walk<Fault>(provider.address, [
        ...providerSteps(context, provider, group),
        ...templateSteps(context, template),
      ]);
    },
  });
}

function providerSteps(context: SynthContext, provider: SynthResource, group: SynthResource) {
  const { synth } = context;
  const offered = synth
    .all("aws_ecs_cluster_capacity_providers")
    .flatMap((each) => [each.attributes["capacity_providers"] ?? []].flat().map(String));
  const isOffered = synth.referringTo(
    provider,
    "aws_ecs_cluster_capacity_providers",
    "capacity_providers",
  );
  const [own = {}] = blocksOf(provider.attributes, "auto_scaling_group_provider");
  const scaling = String(blocksOf(own, "managed_scaling")[0]?.["status"] ?? "DISABLED");
  const protection = String(own["managed_termination_protection"] ?? "DISABLED");
  const isProtected = group.attributes["protect_from_scale_in"] === true;
  const subnets = synth.referredToBy(group, group.attributes["vpc_zone_identifier"]);
  const gateways = [...new Set(subnets.flatMap((subnet) => gatewaysOf(context, subnet)))];
  return [
    {
      fault: "not-of-cluster",
      expected: both`${OF_CLUSTER} FARGATE, ${provider.address}`,
      actual: both`${OF_CLUSTER} ${listed(offered)}`,
      holds: isOffered.length > 0 && offered.includes("FARGATE"),
    },
    {
      fault: "no-scaling",
      expected: both`${SCALING} ENABLED`,
      actual: both`${SCALING} ${scaling}`,
      holds: scaling === "ENABLED",
    },
    {
      fault: "protection",
      expected: [
        "managed termination protection, and instances protected from scale-in",
        "マネージド終了保護が有効で、グループのインスタンスがスケールインから保護される",
      ],
      actual: both`${["managed termination protection", "マネージド終了保護"]} ${protection}, protect_from_scale_in ${String(isProtected)}`,
      holds: protection === "ENABLED" && isProtected,
    },
    {
      fault: "subnets",
      expected: [
        "subnets in 2 zones that lead to aws_nat_gateway",
        "2 つの AZ のサブネットで、出口が aws_nat_gateway である",
      ],
      actual: both`${["subnets", "サブネット"]}: ${listed(subnets.map(({ address }) => address))} → ${listed(gateways)}`,
      holds: subnets.length >= 2 && gateways.length === 1 && gateways[0] === "aws_nat_gateway",
    },
  ] as const;
}

function templateSteps({ synth }: SynthContext, template: SynthResource) {
  const { attributes } = template;
  const [image] = synth.referredToBy(template, attributes["image_id"]);
  const parameter = String(image?.attributes["name"] ?? attributes["image_id"] ?? "");
  const data = String(attributes["user_data"] ?? "");
  const clusters = synth
    .referredToBy(template, data)
    .filter(({ type }) => type === "aws_ecs_cluster");
  const said = /ECS_CLUSTER=\S+/.exec(data)?.[0];
  const profiles = synth.referredToBy(template, blocksOf(attributes, "iam_instance_profile"));
  const roles = profiles.flatMap((profile) =>
    synth.referredToBy(profile, profile.attributes["role"]),
  );
  const policies = roles.flatMap((role) =>
    synth
      .referringTo(role, "aws_iam_role_policy_attachment", "role")
      .map((each) => String(each.attributes["policy_arn"])),
  );
  return [
    {
      fault: "image",
      expected: [
        "an ECS-optimized image of Amazon Linux, from its public parameter",
        "ECS 最適化 AMI の ID をパブリックパラメータから取得している",
      ],
      actual: both`${["image", "AMI"]}: ${parameter}`,
      holds: PARAMETER.test(parameter),
    },
    {
      fault: "user-data",
      expected: both`${USER_DATA} ECS_CLUSTER`,
      actual: said === undefined ? both`${USER_DATA} -` : both`${USER_DATA} ${said}`,
      holds: said !== undefined && data.includes("/etc/ecs/ecs.config") && clusters.length > 0,
    },
    {
      fault: "role",
      expected: both`${["the instance's role has", "インスタンスのロールのポリシー:"]} ${POLICY}`,
      actual: both`${listed(roles.map(({ address }) => address))}: ${listed(policies)}`,
      holds: policies.some((arn) => arn.endsWith(`/${POLICY}`)),
    },
  ] as const;
}

const OF_CLUSTER = [
  "capacity providers of the cluster:",
  "クラスターのキャパシティープロバイダー:",
] as const;
const SCALING = ["managed scaling", "マネージドスケーリング"] as const;
const USER_DATA = [
  "user data with the cluster's name:",
  "ユーザーデータにあるクラスター名:",
] as const;
