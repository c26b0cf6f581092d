import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Why not scale on memory?", "なぜメモリでスケールしないのですか"],
      [
        "Because most programs keep the memory that they once had. A second task does not make the first one's fall, so the policy goes out and never in. Scale on what is shared among the tasks when there are more of them.",
        "多くのプログラムは、一度確保したメモリを手放さないからです。タスクを増やしても最初のタスクのメモリは減らず、スケールアウトしたまま戻りません。タスクを増やせば 1 つ当たりが減る値でスケールします。",
      ],
    ],
    [
      [
        "Fifteen minutes until it goes in: is that not a waste?",
        "スケールインまで 15 分かかるのは無駄ではありませんか",
      ],
      [
        "A task too many costs a cent, a task too few costs visitors. AWS goes out after three bad minutes, and in after fifteen quiet ones, on purpose.",
        "タスクが 1 つ多くても数円ですが、1 つ足りなければ利用者を失います。AWS がスケールアウトを 3 分、スケールインを 15 分で判断するのは、そのためです。",
      ],
    ],
  ],
  breaks: [
    [
      ["Take `ignoreChanges` away from the service", "サービスから `ignoreChanges` を取り除く"],
      [
        "Each deploy under load stops tasks: `desired_count: 4 -> 2`",
        "負荷のかかっているときにデプロイするたび、タスクが止まる。`desired_count: 4 -> 2`",
      ],
    ],
    [
      [
        "Let the label name the Go app's target group",
        "ラベルに Go アプリのターゲットグループを書く",
      ],
      [
        "Load on the Node.js app scales nothing; load on the Go app adds Node.js tasks",
        "Node.js アプリに負荷をかけても増えない。Go アプリに負荷をかけると Node.js のタスクが増える",
      ],
    ],
  ],
});
