import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A schedule and a rule run a report beside the services: a task that ends, in the private subnets. What fails goes to a queue.",
    "スケジュールとルールが、サービスとは別にレポートを動かします。プライベートサブネットで動いて終了するタスクです。失敗はキューに届きます。",
  ],
  [
    box([52, 410, 88, 50], ["schedule", "スケジュール"], ["03:00, a rule", "03:00、ルール"]),
    box([170, 410, 100, 50], ["report", "レポート"], ["task that ends", "終了するタスク"]),
    box([306, 410, 78, 50], ["queue", "キュー"], ["failures", "失敗"]),
    arrow([140, 435], [168, 435]),
    arrow([270, 435], [304, 435]),
    note([288, 427], "≠ 0", "middle"),
  ],
  { "CloudWatch Logs": ["/ecs/node-app, go-app, report", "/ecs/node-app、go-app、report"] },
);
