import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A third service, whose deployments CodeDeploy does: it moves the requests of port 9000 from the blue tasks to the green ones.",
    "3 つ目のサービスは CodeDeploy がデプロイします。ポート 9000 のリクエストを、blue のタスクから green のタスクに移します。",
  ],
  [
    box([52, 410, 88, 50], "CodeDeploy", ["canary, 10%", "カナリア、10%"]),
    box([190, 410, 80, 50], "blue", ["old", "古い"]),
    box([306, 410, 80, 50], "green", ["new", "新しい"]),
    arrow([140, 435], [188, 435]),
    arrow([270, 435], [304, 435]),
    note([288, 474], ":9000", "middle"),
  ],
  { "CloudWatch Logs": ["a group for each app", "アプリごとのグループ"] },
);
