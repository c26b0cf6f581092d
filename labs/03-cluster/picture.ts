import { definePicture, frame, note } from "@workbook/lab-kit";

export const picture = definePicture(
  ["An ECS cluster that uses Fargate.", "Fargate を使う ECS クラスターがあります。"],
  [
    frame("group", [42, 234, 356, 270]),
    note([220, 492], ["ECS cluster, Fargate", "ECS クラスター (Fargate)"], "middle"),
  ],
);
