import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A push starts a pipeline: CodeBuild tests and pushes an image, somebody approves, and two services get a new revision: one by a rolling update, one blue/green.",
    "プッシュでパイプラインが始まります。CodeBuild がテストしてイメージをプッシュし、誰かが承認すると、2 つのサービスが新しいリビジョンになります。1 つはローリング更新、もう 1 つはブルー/グリーンです。",
  ],
  [
    box([16, 652, 100, 50], ["push", "プッシュ"], "main", "Source"),
    box([134, 652, 132, 50], ["build", "ビルド"], ["test, docker", "テスト、docker"], "Build"),
    box([284, 652, 140, 50], ["approval", "承認"], ["by you", "あなた"], "Approval"),
    box([284, 722, 140, 50], ["rolling", "ローリング"], "node-app", "Deploy"),
    box([16, 722, 250, 50], ["blue/green", "ブルー/グリーン"], "CodeDeploy", "BlueGreen"),
    arrow([116, 677], [131, 677]),
    arrow([266, 677], [281, 677]),
    arrow([354, 702], [354, 719]),
    arrow([284, 747], [269, 747]),
  ],
  { "CloudWatch Logs": ["/ecs/…, /aws/codebuild/…", "/ecs/…、/aws/codebuild/…"] },
);
