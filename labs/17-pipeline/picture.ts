import { arrow, box, definePicture } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A push starts a pipeline: CodeBuild tests and pushes an image, somebody approves, and two services get a new revision: one by a rolling update, one blue/green.",
    "プッシュでパイプラインが始まります。CodeBuild がテストしてイメージをプッシュし、誰かが承認すると、2 つのサービスが新しいリビジョンになります。1 つはローリング更新、もう 1 つはブルー/グリーンです。",
  ],
  [
    box([50, 410, 60, 50], ["push", "プッシュ"], ["main", "main"], "Source"),
    box([128, 410, 88, 50], ["build", "ビルド"], ["test, docker", "テスト、docker"], "Build"),
    box([234, 410, 74, 50], ["approval", "承認"], ["by you", "あなた"], "Approval"),
    box([326, 410, 64, 50], ["deploy", "デプロイ"], ["two ways", "2 通り"], "Deploy"),
    arrow([110, 435], [126, 435]),
    arrow([216, 435], [232, 435]),
    arrow([308, 435], [324, 435]),
  ],
  { "CloudWatch Logs": ["/ecs/…, /aws/codebuild/…", "/ecs/…、/aws/codebuild/…"] },
);
