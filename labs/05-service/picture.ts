import { arrow, definePicture, note, tasks } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A service keeps two tasks running in the private subnets.",
    "サービスがプライベートサブネットで 2 つのタスクを動かし続けます。",
  ],
  [
    ...tasks(56, "node-app"),
    arrow([64, 496], [64, 423]),
    note([72, 484], ["pull", "プル"], "start"),
  ],
);
