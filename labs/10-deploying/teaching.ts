import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why does Terraform make the service at all, if ecspresso deploys it?",
        "デプロイは ecspresso がするのに、なぜサービスを Terraform で作るのですか",
      ],
      [
        "It could be either. Who makes it has to know subnets, groups and roles; here the stack knows them, and the files look them up. What counts is that each argument has one owner.",
        "どちらでもできます。作る側は、サブネットやグループ、ロールを知る必要があります。ここではスタックが知っていて、ファイルが参照します。大事なのは、引数ごとに持ち主が 1 人であることです。",
      ],
    ],
    [
      [
        "The circuit breaker has rolled back. Why does ecspresso say that it is completed, with exit code 0?",
        "サーキットブレーカーがロールバックしたのに、ecspresso はなぜ Completed と言い、終了コード 0 で終わるのですか",
      ],
      [
        "It waits until the service is stable, and it is: with the revision before. Whether what was asked for runs is another question, which a pipeline has to put itself.",
        "サービスが安定するまで待つだけだからです。前のリビジョンで安定しました。頼んだものが動いているかは別の問題で、パイプラインが自分で確かめる必要があります。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Take `load_balancer` out of `ignore_changes` of the canary, deploy by CodeDeploy, and plan",
        "カナリアの `ignore_changes` から `load_balancer` を外し、CodeDeploy でデプロイして plan を見る",
      ],
      [
        "Terraform wants to replace the service: the target group is another one now",
        "Terraform がサービスを置き換えようとする。ターゲットグループが変わったため",
      ],
    ],
    [
      [
        "Deploy an image that does not exist, with and without the circuit breaker",
        "存在しないイメージを、サーキットブレーカーありとなしでデプロイする",
      ],
      [
        "With it: three failed tasks and back. Without: tasks start and fail for ever, and the old ones go on answering",
        "あり: タスクが 3 回失敗して元に戻る。なし: タスクの起動と失敗が続き、古いタスクが応答し続ける",
      ],
    ],
  ],
});
