import { defineLab, NAT_GATEWAY, NODE_APP, PUBLIC_ADDRESS } from "@workbook/lab-kit";

export const lab = defineLab({
  id: "03-cluster",
  title: { en: "A cluster", ja: "クラスター" },
  summary: {
    en: "Write a cluster with Container Insights and the capacity providers FARGATE and FARGATE_SPOT: a control plane, on which nothing runs yet.",
    ja: "Container Insights と、キャパシティープロバイダー FARGATE と FARGATE_SPOT を持つクラスターを書きます。まだ何も動かない、コントロールプレーンだけの状態です。",
  },
  minutes: 25,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: ["aws_ecs_cluster", "aws_ecs_cluster_capacity_providers", "cluster_name"],
    changes: [],
  },
  startFailsAt: "cluster",
  // The cluster itself costs nothing; this is the network's.
  cost: [
    { price: NAT_GATEWAY, quantity: 1 },
    { price: PUBLIC_ADDRESS, quantity: 1 },
  ],
});
