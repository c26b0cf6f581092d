import {
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "04-task-definition",
  title: { en: "A task definition", ja: "タスク定義" },
  summary: {
    en: "Say what a task of the Node.js app is: its image, size, port and role. Every change is a new revision, and a task can run once, with a command of its own.",
    ja: "Node.js アプリのタスクを定義します。イメージ、サイズ、ポート、ロールを決めます。変更するたびに新しいリビジョンになり、別のコマンドで 1 回だけ実行することもできます。",
  },
  minutes: 30,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: ["aws_ecs_task_definition", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy"],
    changes: [],
  },
  startFailsAt: "node-task",
  cost: [
    // One task at a time, for a minute, of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 0.25 },
    { price: FARGATE_GB, quantity: 0.5 },
    { price: NAT_GATEWAY, quantity: 1 },
    { price: PUBLIC_ADDRESS, quantity: 1 },
  ],
});
