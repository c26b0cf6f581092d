import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why may the build not deploy by itself?",
        "ビルドが自分でデプロイしてはいけないのはなぜですか",
      ],
      [
        "Its commands stand in the repository: whoever pushes could do whatever its role may. So its role may push an image, and the pipeline's deploys, after somebody has approved.",
        "ビルドのコマンドはリポジトリにあるので、プッシュする人は、そのロールでできることをすべてできます。だからビルドのロールにはイメージのプッシュだけを許し、デプロイは承認の後にパイプラインのロールで行います。",
      ],
    ],
  ],
  breaks: [
    [
      ["Push a greeting without Hello", "Hello のない応答をプッシュする"],
      [
        "Build ends Failed in PRE_BUILD, and the old greeting stays",
        "Build が PRE_BUILD で Failed になり、前の応答のまま",
      ],
    ],
    [
      [
        "Push a `CMD` that names no file, and approve",
        "存在しないファイルを `CMD` に書いてプッシュし、承認する",
      ],
      [
        "The circuit breaker rolls the service back, and Deploy ends Failed",
        "サーキットブレーカーがサービスを戻し、Deploy が Failed になる",
      ],
    ],
  ],
});
