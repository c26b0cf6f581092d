import { definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "The network, the data, the parameters and the service are stacks of their own; each has a state of its own in S3.",
    "ネットワーク、データ、パラメーター、サービスがそれぞれのスタックになり、S3 にそれぞれのステートがあります。",
  ],
  [
    note([24, 86], ["state network", "ステート network"], "start"),
    note([300, 474], ["state data", "ステート data"], "start"),
  ],
);
