import { arrow, box, definePicture, frame, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A router in each Node.js task takes the app's lines, and brings them to CloudWatch Logs and to a bucket. On an instance a daemon takes the lines of all tasks, and one task has a router of its own.",
    "Node.js の各タスクでルーターがアプリのログを受け取り、CloudWatch Logs とバケットに届けます。インスタンスではデーモンが全タスクのログを受け取り、1 つのタスクは自分のルーターを持ちます。",
  ],
  [
    box([52, 410, 100, 50], ["log router", "ログルーター"], "Fluent Bit"),
    box([300, 410, 84, 50], ["bucket", "バケット"], "archive"),
    arrow([102, 387], [102, 408]),
    arrow([152, 435], [298, 435]),
    frame("group", [50, 464, 312, 52]),
    note([60, 478], ["EC2 instance", "EC2 インスタンス"], "start"),
    box([58, 484, 92, 28], ["daemon", "デーモン"]),
    box([158, 484, 92, 28], "go-app"),
    box([258, 484, 96, 28], ["app, router", "アプリとルーター"]),
    arrow([158, 498], [152, 498]),
  ],
  { "CloudWatch Logs": ["of apps and router", "アプリとルーターの分"] },
);
