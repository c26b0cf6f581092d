import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Why not one service for nginx and one for the app?",
        "nginx とアプリを別のサービスにしないのはなぜですか",
      ],
      [
        "Often one should. One task is for what starts, stops and scales together, and speaks over `localhost`: then it needs neither a second load balancer nor a name for the app.",
        "分けるほうがよいことも多くあります。1 つのタスクにまとめるのは、一緒に起動し、一緒に止まり、一緒に増減し、`localhost` で話すものです。2 つ目の ALB も、アプリの名前も要りません。",
      ],
    ],
    [
      ["May we log in to a Fargate task?", "Fargate のタスクにログインできますか"],
      [
        "Not to its machine. ECS Exec runs a command in a container, where the service, the task role and the caller's rights allow it.",
        "マシンにはログインできません。サービス、タスクロール、呼び出す人の権限がそろえば、ECS Exec でコンテナの中のコマンドを実行できます。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Write `node-app` in place of `127.0.0.1` in nginx's configuration",
        "nginx の設定の `127.0.0.1` を `node-app` にする",
      ],
      [
        "nginx ends at once: `host not found in upstream`; no task lives",
        "nginx がすぐに終了する。`host not found in upstream`。どのタスクも動き続けない",
      ],
    ],
    [
      ["Change the app's `PORT` to 3001", "アプリの `PORT` を 3001 にする"],
      [
        "The container's own health check fails, and nginx is never started",
        "コンテナ自身のヘルスチェックが失敗し、nginx は起動しない",
      ],
    ],
    [
      ["Take `mountPoints` out of `nginx`", "`nginx` から `mountPoints` を取り除く"],
      [
        "nginx's own page in place of the greeting; 404 for the health check",
        "あいさつの代わりに nginx のページが出る。ヘルスチェックは 404",
      ],
    ],
  ],
});
