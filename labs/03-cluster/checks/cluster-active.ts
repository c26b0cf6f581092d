import type { Cluster } from "@aws-sdk/client-ecs";

import { both, text } from "@workbook/toolchain";
import { type Check, defineCheck, failed, hint, listed, walk } from "@workbook/lab-kit";

const FAULTS = {
  "not-deployed": hint(
    [
      "Does the cluster exist, or is it only written down?",
      "クラスターは存在しますか。コードに書いただけではありませんか。",
    ],
    [
      "What is written has to be applied: ./workbook deploy 3",
      "書いたものは適用して初めて存在します: ./workbook deploy 3",
    ],
    "./workbook deploy 3",
  ),
  insights: hint(
    [
      "What does ECS say about Container Insights?",
      "ECS では Container Insights はどうなっていますか。",
    ],
    [
      "A setting of the cluster: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html",
      "クラスターの設定です: https://docs.aws.amazon.com/ja_jp/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html",
    ],
    `setting: [{ name: "containerInsights", value: "enabled" }],`,
  ),
  providers: hint(
    [
      "Which capacity may tasks of this cluster use?",
      "このクラスターのタスクはどのキャパシティーを使えますか。",
    ],
    [
      "FARGATE and FARGATE_SPOT: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
      "FARGATE と FARGATE_SPOT です: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-capacity-providers.html",
    ],
    `capacityProviders: ["FARGATE", "FARGATE_SPOT"],`,
  ),
  servers: hint(
    [
      "Whose servers are registered in this cluster?",
      "このクラスターに登録されているのは誰のサーバーですか。",
    ],
    [
      "On Fargate there are none of yours: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AWS_Fargate.html",
      "Fargate では自分のサーバーは 1 台もありません: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/AWS_Fargate.html",
    ],
    "./workbook aws ecs deregister-container-instance …",
  ),
};

type Fault = keyof typeof FAULTS;

/** The cluster is a control plane without a data plane: active, with Fargate to run on, and no server of anybody's. */
export function clusterIsActive(id: string): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The cluster is active: a control plane, and no servers",
      "クラスターが ACTIVE である。コントロールプレーンだけで、サーバーはない",
    ]),
    faults: FAULTS,
    async run({ aws, owner }) {
      const name = `workbook-${owner}`;
      const { clusters = [] } = await aws.ecs.describeClusters({
        clusters: [name],
        include: ["SETTINGS"],
      });
      const cluster = clusters.find(({ status }) => status === "ACTIVE");
      if (cluster === undefined) {
        const states = clusters.map(({ status }) => String(status));
        return failed(
          "not-deployed",
          [`an active cluster ${name}`, `クラスター ${name} が ACTIVE である`],
          both`${["clusters", "クラスター"]}: ${listed(states)}`,
        );
      }
      return walk<Fault>(name, steps(cluster));
    },
  });
}

function steps(cluster: Cluster) {
  const insights = cluster.settings?.find(({ name }) => name === "containerInsights")?.value;
  const providers = cluster.capacityProviders ?? [];
  const { registeredContainerInstancesCount: servers, activeServicesCount: services } = cluster;
  const tasks = cluster.runningTasksCount;
  return [
    {
      fault: "insights",
      expected: ["containerInsights enabled", "containerInsights が enabled である"],
      actual: [`ACTIVE, containerInsights ${insights}`, `ACTIVE、containerInsights は ${insights}`],
      holds: insights === "enabled" || insights === "enhanced",
    },
    {
      fault: "providers",
      expected: [
        "capacity providers FARGATE and FARGATE_SPOT",
        "キャパシティープロバイダーが FARGATE と FARGATE_SPOT である",
      ],
      actual: both`${["capacity providers", "キャパシティープロバイダー:"]} ${listed(providers)}`,
      holds: providers.includes("FARGATE") && providers.includes("FARGATE_SPOT"),
    },
    {
      fault: "servers",
      expected: ["no server of yours", "自分のサーバーがない"],
      actual: [
        `${servers} container instances, ${services} services, ${tasks} tasks running`,
        `コンテナインスタンス ${servers}、サービス ${services}、実行中のタスク ${tasks}`,
      ],
      holds: servers === 0,
    },
  ] as const;
}
