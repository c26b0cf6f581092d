import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "Two policies watch requests and processor of the Node.js service through alarms, and change how many tasks there are, from 2 to 6; scheduled actions change these bounds.",
    "2 つのポリシーが、アラームを通して Node.js のサービスのリクエスト数と CPU を見て、タスク数を 2 から 6 の間で変えます。スケジュールされたアクションがその範囲を変えます。",
  ],
  [
    box([16, 652, 190, 50], ["policies", "ポリシー"], ["requests, CPU", "リクエスト、CPU"]),
    box([234, 652, 190, 50], ["alarms", "アラーム"], "CloudWatch"),
    note([130, 404], ["2 to 6 tasks", "タスク 2〜6 個"], "start"),
    arrow([234, 677], [209, 677]),
    arrow([111, 652], [111, 643], [220, 643], [220, 558], [122, 558], [122, 387]),
  ],
);
