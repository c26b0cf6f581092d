import {
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "05-service",
  title: { en: "A service keeps tasks running", ja: "サービスがタスクを動かし続ける" },
  summary: {
    en: "Put a service over the task definition: two tasks in private subnets, which come back when they die, and say why when they cannot start.",
    ja: "タスク定義の上にサービスを作ります。プライベートサブネットの 2 つのタスクは、落ちれば起動し直され、起動できなければその理由がイベントに残ります。",
  },
  minutes: 30,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: { adds: ["aws_ecs_service"], changes: [] },
  startFailsAt: "service",
  cost: [
    // Two tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 0.5 },
    { price: FARGATE_GB, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    { price: PUBLIC_ADDRESS, quantity: 1 },
  ],
});
