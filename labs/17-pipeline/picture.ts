import { arrow, box, definePicture, note } from "@workbook/lab-kit";

export const picture = definePicture(
  [
    "A push starts a pipeline: CodeBuild tests and pushes an image, somebody approves, and the Node.js service gets a new revision.",
    "プッシュでパイプラインが始まります。CodeBuild がテストしてイメージをプッシュし、誰かが承認すると、Node.js のサービスが新しいリビジョンになります。",
  ],
  [
    box([52, 410, 78, 50], ["push", "プッシュ"], ["main", "main"]),
    box([166, 410, 100, 50], ["build", "ビルド"], ["test, docker", "テスト、docker"]),
    box([302, 410, 88, 50], ["approval", "承認"], ["by you", "あなた"]),
    arrow([130, 435], [164, 435]),
    arrow([266, 435], [300, 435]),
    note([346, 402], ["then the service", "次にサービスへ"], "middle"),
  ],
  { "CloudWatch Logs": ["/ecs/…, /aws/codebuild/…", "/ecs/…、/aws/codebuild/…"] },
);
