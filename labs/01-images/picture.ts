import { box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "Two repositories in ECR hold the images of the Node.js app and of the Go app.",
    "ECR の 2 つのリポジトリに、Node.js アプリと Go アプリのイメージがあります。",
  ],
  [box([16, 580, 190, 54], ["ECR: images", "ECR: イメージ"], "nodejs-app, golang-app")],
);
