import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  ["What the tasks write goes to CloudWatch Logs.", "タスクの出力は CloudWatch Logs に届きます。"],
  [box([234, 580, 190, 54], "CloudWatch Logs", "/ecs/node-app"), arrow([376, 504], [376, 577])],
);
