import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "ECS reads a parameter, and a secret under a key, before it starts the Node.js tasks; the program in them lists a bucket as its task role.",
    "ECS は Node.js のタスクを起動する前に、パラメーターと、キーで暗号化されたシークレットを読みます。タスクの中のプログラムは、タスクロールでバケットの一覧を読みます。",
  ],
  [
    box([16, 652, 91, 50], ["parameter", "パラメーター"], "SITE_NAME"),
    box([115, 652, 91, 50], ["secret", "シークレット"], ["KMS key", "KMS キー"]),
    box([234, 652, 190, 50], ["bucket", "バケット"], "notes"),
    note([16, 718], ["execution role", "タスク実行ロール"], "start"),
    arrow([61, 652], [61, 643], [214, 643], [214, 558], [122, 558], [122, 387]),
    arrow([160, 652], [160, 643], [214, 643], [214, 558], [122, 558], [122, 387]),
    arrow(
      [212, 300],
      [220, 300],
      [220, 395],
      [320, 395],
      [320, 558],
      [226, 558],
      [226, 643],
      [329, 643],
      [329, 649],
    ),
    note([424, 718], ["task role", "タスクロール"], "end"),
  ],
);
