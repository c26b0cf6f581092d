import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A router in each Node.js task takes the app's lines, and brings them to CloudWatch Logs and to a bucket. On an instance a daemon takes the lines of all tasks, and one task has a router of its own.",
    "Node.js の各タスクでルーターがアプリのログを受け取り、CloudWatch Logs とバケットに届けます。インスタンスではデーモンが全タスクのログを受け取り、1 つのタスクは自分のルーターを持ちます。",
  ],
  [
    box([52, 410, 100, 50], ["log router", "ログルーター"], "Fluent Bit"),
    box([16, 652, 190, 50], ["bucket", "バケット"], "archive"),
    arrow([102, 387], [102, 408]),
    arrow([122, 460], [122, 558], [220, 558], [220, 677], [209, 677]),
    box(
      [264, 410, 120, 50],
      ["EC2 instance", "EC2 インスタンス"],
      ["daemon, sidecar", "デーモン、サイドカー"],
    ),
  ],
  { "CloudWatch Logs": ["of apps and router", "アプリとルーターの分"] },
);
