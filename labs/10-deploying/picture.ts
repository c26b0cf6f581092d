import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A third service, whose deployments CodeDeploy does: it moves the requests of port 9000 from the blue tasks to the green ones.",
    "3 つ目のサービスは CodeDeploy がデプロイします。ポート 9000 のリクエストを、blue のタスクから green のタスクに移します。",
  ],
  [
    box([16, 652, 190, 50], "CodeDeploy", ["canary, 10%", "カナリア、10%"]),
    box([176, 410, 88, 50], "blue", ["old", "古い"]),
    box([304, 410, 80, 50], "green", ["new", "新しい"]),
    arrow([206, 677], [220, 677], [220, 558], [344, 558], [344, 463]),
    arrow([264, 435], [301, 435]),
    note([284, 474], ":9000", "middle"),
  ],
  { "CloudWatch Logs": ["a group for each app", "アプリごとのグループ"] },
);
