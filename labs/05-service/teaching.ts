import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Terraform is done. Why does deploying go on?",
        "Terraform は終わったのに、なぜデプロイが続くのですか",
      ],
      [
        "[Provisioning is not deploying](/labs/05-service#provisioning-is-not-deploying): the service is moved to the newest revision, and that is waited for.",
        "[プロビジョニングはデプロイではありません](/ja/labs/05-service#provisioning-is-not-deploying)。サービスを最新のリビジョンに移し、それを待っています。",
      ],
    ],
  ],
  breaks: [
    [
      ["Give the image a tag that does not exist", "イメージを存在しないタグにする"],
      ["`CannotPullContainerError`, again and again", "何度も `CannotPullContainerError` になる"],
    ],
    [
      [
        "Set `CRASH_ON_START` to `3` in the container's environment",
        "コンテナの環境変数 `CRASH_ON_START` を `3` にする",
      ],
      [
        "`Essential container in task exited`, exit code 3",
        "`Essential container in task exited`、終了コード 3",
      ],
    ],
  ],
});
