import { box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "Repositories, network, data, parameters and service are stacks of their own; each has a state of its own in S3.",
    "リポジトリ、ネットワーク、データ、パラメーター、サービスがそれぞれのスタックになり、S3 にそれぞれのステートがあります。",
  ],
  [box([344, 8, 80, 50], ["states", "ステート"], ["five in S3", "S3 に 5 つ"])],
);
