import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A router in each Node.js task takes the app's lines, and brings them to CloudWatch Logs and to a bucket.",
    "Node.js の各タスクでルーターがアプリのログを受け取り、CloudWatch Logs とバケットに届けます。",
  ],
  [
    box([52, 410, 100, 50], ["log router", "ログルーター"], "Fluent Bit"),
    box([300, 410, 84, 50], ["bucket", "バケット"], "archive"),
    arrow([102, 387], [102, 408]),
    arrow([152, 435], [298, 435]),
  ],
  { "CloudWatch Logs": ["of apps and router", "アプリとルーターの分"] },
);
