import type { Failure } from "./failure.ts";

/** In the containers, from their start to their end. */
export const CONTAINER_FAILURES = {
  "container-command": {
    made: [
      "The command or entry point names a program that is not in the image, or is written as one word.",
      "command や entryPoint のプログラムがイメージにないか、全体を 1 語で書いています。",
    ],
    seen: "stopped",
    symptom: "CannotStartContainerError: … executable file not found in $PATH",
    like: ["image-platform", "container-exits"],
    apart: [
      "The container never started: there is no exit code of the program and no log.",
      "コンテナが起動していないので、プログラムの終了コードもログもありません。",
    ],
    mend: [
      'Write the words of the command apart: ["node", "main.js"].',
      'コマンドは語ごとに分けて書きます: ["node", "main.js"]。',
    ],
  },
  "container-dependency": {
    made: [
      "A container waits for another with `dependsOn: HEALTHY`, and that never becomes healthy.",
      "`dependsOn: HEALTHY` で待っている相手のコンテナが、healthy になりません。",
    ],
    seen: "container",
    symptom: '"healthStatus":"UNHEALTHY"',
    like: ["container-health-check", "container-exits"],
    apart: [
      "The task stays PENDING without a word, and no event comes: the container that waits has neither log nor exit code, and the other one is UNHEALTHY.",
      "タスクは PENDING のまま、イベントも出ません。待っている側にはログも終了コードもなく、相手が UNHEALTHY です。",
    ],
    mend: [
      "Mend the other's health check, or wait for START only.",
      "相手のヘルスチェックを直すか、START だけを待ちます。",
    ],
  },
  "container-memory": {
    made: [
      "The container's memory is less than what the program uses.",
      "コンテナのメモリが、プログラムの使用量より小さい値です。",
    ],
    seen: "container",
    symptom: "OutOfMemoryError: Container killed due to memory usage",
    like: ["container-signal", "container-exits"],
    apart: [
      "Exit code 137 with this reason; 137 without it is a SIGKILL of ECS's, after stopTimeout.",
      "終了コード 137 にこの理由が付きます。理由のない 137 は、stopTimeout 後の ECS の SIGKILL です。",
    ],
    mend: [
      "More memory, or a program that uses less: tell Node its heap.",
      "メモリを増やすか、使用量を減らします。Node ならヒープの上限を指定します。",
    ],
  },
  "container-signal": {
    made: [
      "The program does not heed SIGTERM: no handler as PID 1, or a shell in front that does not pass it on.",
      "プログラムが SIGTERM に応答しません。PID 1 でハンドラーがないか、手前のシェルがシグナルを渡していません。",
    ],
    seen: "container",
    symptom: '"exitCode":137',
    like: ["container-memory"],
    apart: [
      "ECS stopped the task itself (a deployment, fewer tasks), the reason has no OutOfMemoryError, and stopping took all of stopTimeout.",
      "ECS 自身がタスクを止めており (デプロイや縮小)、理由に OutOfMemoryError がなく、停止に stopTimeout いっぱいかかっています。",
    ],
    mend: [
      "Handle SIGTERM, write CMD as a list, or set initProcessEnabled.",
      "SIGTERM を処理し、CMD を配列で書くか、initProcessEnabled を設定します。",
    ],
  },
  "container-port-taken": {
    made: [
      "Two containers of one task listen on the same port: in awsvpc they share one address.",
      "同じタスクの 2 つのコンテナが同じポートで待ち受けています。awsvpc では 1 つのアドレスを共有します。",
    ],
    seen: "log",
    symptom: "EADDRINUSE",
    like: ["container-exits", "instance-port-taken"],
    apart: [
      "The program says it in its log; that an instance's port is taken is told by the service's events.",
      "プログラムのログに出ます。インスタンスのポートの衝突なら、サービスイベントに出ます。",
    ],
    mend: ["Give each a port of its own.", "それぞれ別のポートにします。"],
  },
  "container-environment": {
    made: [
      "A setting that the program needs is not in `environment` nor in `secrets`.",
      "プログラムに必要な設定が `environment` にも `secrets` にもありません。",
    ],
    seen: "log",
    symptom: "… must be …",
    like: ["container-exits", "parameter-missing"],
    apart: [
      "The container starts and ends by itself, and says what it misses; of a missing parameter it would not start.",
      "コンテナは起動してから自分で終了し、何が足りないかをログに出します。パラメーターがない場合は起動しません。",
    ],
    mend: ["Give it the setting.", "設定を渡します。"],
  },
  "container-exits": {
    made: [
      "The program of an essential container ends with an error.",
      "essential なコンテナのプログラムがエラーで終了します。",
    ],
    seen: "stopped",
    symptom: "Essential container in task exited",
    like: ["container-ends", "container-memory", "health-check-error"],
    apart: [
      "Exit code 1 to 127, and nobody asked it to stop. Its last lines say why.",
      "終了コードが 1〜127 で、停止を求められていません。最後のログに理由が出ます。",
    ],
    mend: [
      "Read its log; run the same image on your machine.",
      "ログを読みます。同じイメージを手元でも動かしてみます。",
    ],
  },
  "container-ends": {
    made: [
      "The program does its work and ends with 0, as a script does, and a service starts it again and again.",
      "プログラムがスクリプトのように仕事を終えて 0 で終了し、サービスが何度も起動し直します。",
    ],
    seen: "container",
    symptom: '"exitCode":0',
    like: ["container-exits"],
    apart: [
      "Exit code 0: nothing failed. Either it should go on, or it is no service but a task.",
      "終了コード 0 で、失敗ではありません。動き続けるべきか、そもそもサービスではなくタスクで動かすべきものです。",
    ],
    mend: [
      "Keep it in the foreground; run what ends with run-task or a schedule; mark a helper essential: false.",
      "フォアグラウンドで動かします。終わるものは run-task かスケジュールで動かし、補助のコンテナは essential: false にします。",
    ],
  },
  "container-health-check": {
    made: [
      "The container's health check asks with a program that its image does not have, such as curl.",
      "コンテナのヘルスチェックが、イメージにないプログラム (curl など) を使っています。",
    ],
    seen: "stopped",
    symptom: "Task failed container health checks",
    like: ["health-check-path", "container-exits"],
    apart: [
      "The words are container health checks, not ELB health checks: no load balancer is needed for it.",
      "ELB health checks ではなく container health checks です。ロードバランサーは関係ありません。",
    ],
    mend: [
      'Use what is in the image: ["CMD", "node", "-e", …].',
      'イメージにあるものを使います: ["CMD", "node", "-e", …]。',
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
