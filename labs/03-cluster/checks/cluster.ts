import { both, text, type Words } from "@workbook/toolchain";
import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  listed,
  passed,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";

const CLUSTERS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/clusters.html";
const CLUSTERS_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/clusters.html";
const INSIGHTS =
  "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContainerInsights.html";
const INSIGHTS_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonCloudWatch/latest/monitoring/ContainerInsights.html";
const PROVIDERS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html";
const PROVIDERS_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-capacity-providers.html";

const CLUSTER_FAULTS = {
  missing: hint(
    ["What will services and tasks belong to?", "サービスやタスクはどこに属しますか。"],
    [
      `To an EcsCluster called workbook-<OWNER>: ${CLUSTERS}`,
      `workbook-<OWNER> という名前の EcsCluster です: ${CLUSTERS_JA}`,
    ],
    `new EcsCluster(this, "cluster", { name: settings.named("workbook"), … });`,
  ),
  "no-insights": hint(
    [
      "Where will you see how much CPU and memory the tasks use?",
      "タスクの CPU とメモリの使用量は、どこで見られますか。",
    ],
    [
      `The setting containerInsights of the cluster: ${INSIGHTS}`,
      `クラスターの containerInsights 設定です: ${INSIGHTS_JA}`,
    ],
    `setting: [{ name: "containerInsights", value: "enabled" }],`,
  ),
  "no-output": hint(
    [
      "How will later steps know whose services to deploy?",
      "後の手順は、どのクラスターのサービスをデプロイするかをどうやって知りますか。",
    ],
    [
      "The stack says it as an output: https://developer.hashicorp.com/terraform/language/values/outputs",
      "スタックの出力で伝えます: https://developer.hashicorp.com/terraform/language/values/outputs",
    ],
    `new TerraformOutput(this, "cluster_name", { value: cluster.name });`,
  ),
};

const PROVIDER_FAULTS = {
  missing: hint(
    ["On what will tasks of this cluster run?", "このクラスターのタスクは何の上で動きますか。"],
    [
      `On Fargate, which a cluster has by EcsClusterCapacityProviders: ${PROVIDERS}`,
      `Fargate です。EcsClusterCapacityProviders でクラスターに関連付けます: ${PROVIDERS_JA}`,
    ],
    `new EcsClusterCapacityProviders(this, "cluster_capacity_providers", { clusterName: cluster.name, capacityProviders: ["FARGATE", "FARGATE_SPOT"] });`,
  ),
  incomplete: hint(
    [
      "Which two kinds of Fargate capacity does AWS have, and which one is cheaper?",
      "AWS の Fargate キャパシティーは 2 種類あります。安いのはどちらですか。",
    ],
    [
      `FARGATE, and FARGATE_SPOT, which AWS may take back: ${PROVIDERS}`,
      `FARGATE と、AWS に回収されることのある FARGATE_SPOT です: ${PROVIDERS_JA}`,
    ],
    `capacityProviders: ["FARGATE", "FARGATE_SPOT"],`,
  ),
  unknown: hint(
    [
      "Is there a capacity provider of that name?",
      "その名前のキャパシティープロバイダーはありますか。",
    ],
    [
      `AWS reserves these names for Fargate: FARGATE and FARGATE_SPOT. ${PROVIDERS}`,
      `Fargate の名前は FARGATE と FARGATE_SPOT だけです: ${PROVIDERS_JA}`,
    ],
    `capacityProviders: ["FARGATE", "FARGATE_SPOT"],`,
  ),
};

const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"];

/** The owner's cluster in the stack. */
function clusterIn({ synth, owner }: SynthContext): SynthResource | undefined {
  return synth
    .all("aws_ecs_cluster")
    .find(({ attributes }) => attributes["name"] === `workbook-${owner}`);
}

/** A cluster with Container Insights, whose name the stack puts out. */
export function hasCluster(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["A cluster with Container Insights", "Container Insights を有効にしたクラスター"]),
    faults: CLUSTER_FAULTS,
    run: examineCluster,
  });
}

function examineCluster(context: SynthContext): CheckResult<keyof typeof CLUSTER_FAULTS> {
  const { synth, owner } = context;
  const cluster = clusterIn(context);
  if (cluster === undefined) {
    const names = synth.all("aws_ecs_cluster").map(({ attributes }) => String(attributes["name"]));
    return failed(
      "missing",
      [`a cluster "workbook-${owner}"`, `クラスター "workbook-${owner}" がある`],
      both`${["clusters", "クラスター"]}: ${listed(names)}`,
    );
  }
  const settings = blocksOf(cluster.attributes, "setting");
  const insights = settings.find(({ name }) => name === "containerInsights")?.["value"];
  const expected = [
    `"workbook-${owner}" with Container Insights, and the output cluster_name`,
    `Container Insights が有効な "workbook-${owner}" と、出力 cluster_name`,
  ] as const;
  const found: Words = insights === undefined ? ["not set", "設定なし"] : String(insights);
  const actual = both`${cluster.address}: containerInsights${[" ", " は "]}${found}`;
  if (insights !== "enabled" && insights !== "enhanced")
    return failed("no-insights", expected, actual);
  const output = synth.output("cluster_name");
  const told = output ? synth.referredToBy(output, output.attributes["value"]) : [];
  return told.includes(cluster)
    ? passed(expected, both`${actual}; ${["output", "出力"]} cluster_name`)
    : failed(
        "no-output",
        expected,
        both`${actual}; cluster_name: ${listed(told.map(({ address }) => address))}`,
      );
}

/** The cluster may run tasks on FARGATE and FARGATE_SPOT. */
export function hasCapacityProviders(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The cluster's capacity providers: FARGATE and FARGATE_SPOT",
      "クラスターのキャパシティープロバイダー: FARGATE と FARGATE_SPOT",
    ]),
    faults: PROVIDER_FAULTS,
    run: examineProviders,
  });
}

function examineProviders(context: SynthContext): CheckResult<keyof typeof PROVIDER_FAULTS> {
  const { synth, owner } = context;
  const cluster = clusterIn(context);
  const association = synth.all("aws_ecs_cluster_capacity_providers").find((each) => {
    const name = each.attributes["cluster_name"];
    return (
      name === `workbook-${owner}` || (cluster && synth.referredToBy(each, name).includes(cluster))
    );
  });
  const wanted = listed(FARGATE_PROVIDERS);
  const expected = [
    `${wanted.en} for "workbook-${owner}"`,
    `"workbook-${owner}" に ${wanted.ja}`,
  ] as const;
  if (association === undefined)
    return failed("missing", expected, ["the cluster has none", "クラスターには 1 つもありません"]);
  const names = [association.attributes["capacity_providers"] ?? []].flat().map(String);
  const actual = both`${association.address}: ${listed(names)}`;
  if (names.some((name) => !FARGATE_PROVIDERS.includes(name)))
    return failed("unknown", expected, actual);
  return FARGATE_PROVIDERS.every((name) => names.includes(name))
    ? passed(expected, actual)
    : failed("incomplete", expected, actual);
}
