import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "ECS reads a parameter, and a secret under a key, before it starts the Node.js tasks; the program in them lists a bucket as its task role.",
    "ECS は Node.js のタスクを起動する前に、パラメーターと、キーで暗号化されたシークレットを読みます。タスクの中のプログラムは、タスクロールでバケットの一覧を読みます。",
  ],
  [
    box([52, 410, 88, 50], ["parameter", "パラメーター"], "SITE_NAME"),
    box([146, 410, 88, 50], ["secret", "シークレット"], ["KMS key", "KMS キー"]),
    box([300, 410, 84, 50], ["bucket", "バケット"], "notes"),
    note([56, 474], ["execution role", "タスク実行ロール"], "start"),
    arrow([94, 410], [94, 387]),
    arrow([176, 410], [176, 387]),
    arrow([212, 300], [220, 300], [220, 395], [342, 395], [342, 407]),
    note([384, 474], ["task role", "タスクロール"], "end"),
  ],
);
