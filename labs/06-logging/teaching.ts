import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Why is the log group empty?", "ロググループが空です"],
      [
        "The tasks that run are still the old revision's, or the execution role may not write.",
        "動いているタスクがまだ古いリビジョンのものか、タスク実行ロールに書き込む権限がありません。",
      ],
    ],
  ],
  breaks: [],
});
