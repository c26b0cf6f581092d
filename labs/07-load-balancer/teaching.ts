import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "A time-out, 502, 503, 504: what is which?",
        "タイムアウト、502、503、504 は何が違うのですか",
      ],
      [
        "[Break it](/labs/07-load-balancer#break-it) has the table. `./workbook status` shows the reason of each target.",
        "第 7 章の[壊してみる](/ja/labs/07-load-balancer#break-it)に表があります。ターゲットごとの理由は `./workbook status` に出ます。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Let the rule of the tasks' security group admit port 8080",
        "タスクのセキュリティグループのルールで、ポート 8080 を許可する",
      ],
      [
        "`Request timed out`; tasks are replaced for ever",
        "`Request timed out`。タスクがいつまでも置き換わる",
      ],
    ],
    [
      [
        "Change the path of the health check to `/health`",
        "ヘルスチェックのパスを `/health` にする",
      ],
      [
        "`Health checks failed with these codes: [404]`",
        "`Health checks failed with these codes: [404]`",
      ],
    ],
    [
      [
        "Set the grace period to 0, and `START_DELAY_SECONDS` to `600` in the environment",
        "猶予期間を 0 に、環境変数 `START_DELAY_SECONDS` を `600` にする",
      ],
      [
        "`failed ELB health checks`; no task lives long enough",
        "`failed ELB health checks`。どのタスクも起動し終える前に止められる",
      ],
    ],
    [
      [
        "Take the block `loadBalancer` out of the service, and the grace period with it",
        "サービスから `loadBalancer` のブロックと猶予期間を取り除く",
      ],
      [
        "503: all targets are healthy, and there are none",
        "503。異常なターゲットはないが、ターゲットそのものがない",
      ],
    ],
  ],
});
