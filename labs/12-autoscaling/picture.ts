import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "Two policies watch requests and processor of the Node.js service through alarms, and change how many tasks there are, from 2 to 6; scheduled actions change these bounds.",
    "2 つのポリシーが、アラームを通して Node.js のサービスのリクエスト数と CPU を見て、タスク数を 2 から 6 の間で変えます。スケジュールされたアクションがその範囲を変えます。",
  ],
  [
    box([52, 410, 110, 50], ["policies", "ポリシー"], ["requests, CPU", "リクエスト、CPU"]),
    box([184, 410, 88, 50], ["alarms", "アラーム"], "CloudWatch"),
    note([56, 474], ["2 to 6 tasks", "タスク 2〜6 個"], "start"),
    arrow([94, 410], [94, 387]),
    arrow([184, 435], [165, 435]),
  ],
);
