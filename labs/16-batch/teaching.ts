import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why does a run that failed not land in the dead-letter queue?",
        "失敗した実行は、なぜデッドレターキューに届かないのですか",
      ],
      [
        "A dead letter is an event that could not be delivered. RunTask answered, so this one was. How the task ends is not EventBridge's affair: ECS tells it by another event, for which a rule has to wait.",
        "デッドレターは、配信できなかったイベントです。RunTask は成功したので、配信は済んでいます。タスクがどう終わるかを EventBridge は見ません。ECS が別のイベントで知らせるので、それを待つルールが要ります。",
      ],
    ],
    [
      [
        "A run takes longer than a day. What happens at three the next night?",
        "実行が 1 日より長くかかると、次の夜の 3 時に何が起きますか",
      ],
      [
        "A second one starts beside it: neither the scheduler nor ECS looks whether one runs already. The program has to be able to bear that, or take a lock.",
        "2 つ目が並んで起動します。Scheduler も ECS も、前の実行が残っているかを見ません。プログラムがそれに耐えるか、ロックを取る必要があります。",
      ],
    ],
  ],
  breaks: [
    [
      ["Take `iam:PassRole` out of the runner's role", "ロールから `iam:PassRole` を取り除く"],
      [
        "No run, and a dead letter: `ERROR_CODE` is `NO_PERMISSIONS`, and `ERROR_MESSAGE` names iam:PassRole",
        "実行されず、デッドレターが届く。`ERROR_CODE` は `NO_PERMISSIONS`、`ERROR_MESSAGE` に iam:PassRole",
      ],
    ],
    [
      ["Close a day with `1200 oops`", "`1200 oops` で 1 日を締める"],
      [
        "The run ends with code 1, and ECS's event is in the queue",
        "実行は終了コード 1 で終わり、ECS のイベントがキューに届く",
      ],
    ],
  ],
});
