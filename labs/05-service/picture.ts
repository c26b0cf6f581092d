import { arrow, definePicture, note, tasks } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A service keeps two tasks running in the private subnets.",
    "サービスがプライベートサブネットで 2 つのタスクを動かし続けます。",
  ],
  [
    ...tasks(56, "node-app"),
    arrow([64, 580], [64, 507]),
    note([72, 568], ["pull", "プル"], "start"),
  ],
);
