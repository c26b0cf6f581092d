import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A schedule and a rule run a report beside the services: a task that ends, in the private subnets. What fails goes to a queue.",
    "スケジュールとルールが、サービスとは別にレポートを動かします。プライベートサブネットで動いて終了するタスクです。失敗はキューに届きます。",
  ],
  [
    box([52, 410, 88, 50], ["schedule", "スケジュール"], "03:00"),
    box([52, 464, 88, 34], ["rule", "ルール"]),
    box([176, 410, 88, 50], ["report", "レポート"], ["task that ends", "終了するタスク"]),
    box([300, 410, 84, 50], ["queue", "キュー"], ["failures", "失敗"]),
    arrow([140, 435], [174, 435]),
    arrow([140, 481], [220, 481], [220, 462]),
    arrow([264, 435], [298, 435]),
    note([281, 427], ["exit ≠ 0", "≠ 0"], "middle"),
  ],
  { "CloudWatch Logs": ["/ecs/node-app, go-app, report", "/ecs/node-app、go-app、report"] },
);
