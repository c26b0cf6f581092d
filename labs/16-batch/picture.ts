import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A schedule and a rule run a report beside the services: a task that ends, in the private subnets. What fails goes to a queue.",
    "スケジュールとルールが、サービスとは別にレポートを動かします。プライベートサブネットで動いて終了するタスクです。失敗はキューに届きます。",
  ],
  [
    box([16, 652, 190, 50], ["schedule", "スケジュール"], ["03:00, a rule", "03:00、ルール"]),
    box([284, 410, 106, 50], ["report", "レポート"], ["task that ends", "終了するタスク"]),
    box([234, 652, 190, 50], ["queue", "キュー"], ["failures", "失敗"]),
    arrow([206, 677], [214, 677], [214, 558], [328, 558], [328, 463]),
    arrow([356, 460], [356, 566], [226, 566], [226, 677], [231, 677]),
    note([361, 484], "≠ 0", "start"),
  ],
  { "CloudWatch Logs": ["/ecs/node-app, go-app, report", "/ecs/node-app、go-app、report"] },
);
