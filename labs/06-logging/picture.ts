import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  ["What the tasks write goes to CloudWatch Logs.", "タスクの出力は CloudWatch Logs に届きます。"],
  [box([234, 496, 190, 54], "CloudWatch Logs", "/ecs/node-app"), arrow([376, 420], [376, 493])],
);
