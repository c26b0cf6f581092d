import { arrow, definePicture, note, taskDefinition, tasks } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A second service runs two tasks of the Go app; port 8080 of the load balancer leads to them.",
    "2 つ目のサービスが Go アプリのタスクを 2 つ動かし、ロードバランサーのポート 8080 へのリクエストがそこに届きます。",
  ],
  [
    ...tasks(228, "go-app"),
    ...taskDefinition(228, "go-app"),
    note([296, 181], ":8080", "end"),
    arrow([306, 192], [306, 247]),
  ],
  { "CloudWatch Logs": "/ecs/node-app, /ecs/go-app" },
);
