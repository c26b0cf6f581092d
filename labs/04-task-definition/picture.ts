import { definePicture, taskDefinition } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A task definition says how the Node.js app runs.",
    "タスク定義が Node.js アプリの動かし方を決めます。",
  ],
  taskDefinition(56, "node-app"),
);
