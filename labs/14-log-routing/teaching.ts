import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why does the router not use the execution role?",
        "ルーターはなぜタスク実行ロールを使わないのですか",
      ],
      [
        "That role is ECS's: it pulls images and opens awslogs before the containers start. The router is a program in the task, and gets the task role's credentials like any other.",
        "タスク実行ロールは ECS が使うもので、コンテナの起動前にイメージを取得し awslogs を開きます。ルーターはタスクの中のプログラムなので、ほかのプログラムと同じくタスクロールの認証情報を使います。",
      ],
    ],
    [
      ["Is a line lost when the router dies?", "ルーターが止まると、ログは失われますか"],
      [
        "What it had and had not delivered is. What comes after waits in the driver's memory, and goes with the task. So the router is essential, and the next task has another.",
        "ルーターが受け取って届けていない行は失われます。その後の行はドライバーのメモリーで待ち、タスクとともに消えます。だからルーターを essential にして、次のタスクで新しいルーターを動かします。",
      ],
    ],
    [
      [
        "Why has the sidecar on instances minimum 0 and maximum 100?",
        "インスタンスのサイドカーは、なぜ最小 0、最大 100 なのですか",
      ],
      [
        "Port 24230 of the instance is the old task's. A new one finds no room until that has ended, and with 100 and 200 a deployment never ends. FireLens has no such port: it uses a socket in the task.",
        "インスタンスのポート 24230 は古いタスクのものです。それが終わるまで新しいタスクの空きはなく、100 と 200 ではデプロイが終わりません。FireLens はタスクの中のソケットを使うので、このポートがありません。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Take `logs:CreateLogStream` out of the task role",
        "タスクロールから `logs:CreateLogStream` を取り除く",
      ],
      [
        "The tasks run, and no line arrives; the router says `AccessDeniedException`",
        "タスクは動くが、ログが届かない。ルーターのログに `AccessDeniedException` が出る",
      ],
    ],
  ],
});
