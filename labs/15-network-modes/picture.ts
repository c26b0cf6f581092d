import { arrow, box, definePicture, frame, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "Instances of an Auto Scaling group run one task in three network modes, two of each: ports 8081 to 8083 of the load balancer lead to them.",
    "Auto Scaling グループのインスタンスが、同じタスクを 3 つのネットワークモードで 2 つずつ動かします。ロードバランサーのポート 8081〜8083 へのリクエストがそこに届きます。",
  ],
  [
    frame("group", [50, 394, 340, 82]),
    note([60, 411], ["EC2 instances", "EC2 インスタンス"], "start"),
    box([58, 418, 104, 50], "bridge", ":32768, …"),
    box([168, 418, 104, 50], "host", ":3000"),
    box([278, 418, 104, 50], "awsvpc", ["own address", "自分のアドレス"]),
    note([251, 181], ":8081–8083", "end"),
    arrow([220, 192], [220, 391]),
  ],
  { "CloudWatch Logs": ["/ecs/node-app, go-app, modes", "/ecs/node-app、go-app、modes"] },
);
