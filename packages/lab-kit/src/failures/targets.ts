import type { Failure } from "./failure.ts";

const TIMED_OUT = {
  seen: "target",
  symptom: "Request timed out",
} as const;
const FAILED = {
  seen: "target",
  symptom: "Health checks failed",
} as const;

/** Between a load balancer and the tasks. */
export const TARGET_FAILURES = {
  "load-balancer-zone": {
    made: [
      "Tasks are in a zone that the load balancer is not enabled for.",
      "ロードバランサーで有効になっていない AZ にタスクがあります。",
    ],
    seen: "target",
    symptom: "Target is in an Availability Zone that is not enabled for the load balancer",
    like: ["task-ingress", "targets-missing"],
    apart: [
      "The state is unused, not unhealthy: nobody checks it.",
      "状態は unhealthy ではなく unused で、ヘルスチェックもされません。",
    ],
    mend: [
      "Give the load balancer a subnet in every zone of the tasks.",
      "タスクのあるすべての AZ のサブネットをロードバランサーに追加します。",
    ],
  },
  "load-balancer-egress": {
    made: [
      "The load balancer's security group lets nothing out to the tasks.",
      "ロードバランサーのセキュリティグループに、タスクへのアウトバウンドルールがありません。",
    ],
    ...TIMED_OUT,
    like: ["task-ingress", "load-balancer-group", "health-check-timeout"],
    apart: [
      "The tasks admit it; its own group has no egress. Clients get 504.",
      "タスク側は許可していますが、ALB 側のアウトバウンドがありません。クライアントには 504 が返ります。",
    ],
    mend: [
      "An egress rule to the tasks' port.",
      "タスクのポートへのアウトバウンドルールを追加します。",
    ],
  },
  "load-balancer-group": {
    made: [
      "The load balancer has another security group than the one that the tasks admit: the default one.",
      "ロードバランサーに、タスクが許可しているものとは別の (既定の) セキュリティグループが付いています。",
    ],
    ...TIMED_OUT,
    like: ["task-ingress", "load-balancer-egress"],
    apart: [
      "The tasks' rule names a group; describe-load-balancers does not have it.",
      "タスクのルールが参照するグループが、describe-load-balancers にありません。",
    ],
    mend: ["Give the load balancer that group.", "そのグループをロードバランサーに付けます。"],
  },
  "task-ingress": {
    made: [
      "The tasks' security group does not admit the load balancer on the container's port.",
      "タスクのセキュリティグループが、コンテナのポートへの ALB からの接続を許可していません。",
    ],
    ...TIMED_OUT,
    like: ["health-check-timeout", "load-balancer-egress", "app-port"],
    apart: [
      "A security group drops: it times out. A port on which nobody listens is refused at once.",
      "セキュリティグループは破棄するのでタイムアウトします。誰も待ち受けていないポートなら、すぐに拒否されます。",
    ],
    mend: [
      "Admit the container's port from the load balancer's group.",
      "ALB のグループから、コンテナのポートへの接続を許可します。",
    ],
  },
  "target-group-protocol": {
    made: [
      "The target group speaks HTTPS to an app that speaks HTTP.",
      "HTTP のアプリに対して、ターゲットグループが HTTPS で接続します。",
    ],
    ...FAILED,
    like: ["app-port", "health-check-port"],
    apart: [
      "The port is right and open; describe-target-groups says HTTPS.",
      "ポートは正しく開いています。describe-target-groups のプロトコルが HTTPS です。",
    ],
    mend: ["HTTP behind the load balancer.", "ロードバランサーの後ろは HTTP にします。"],
  },
  "health-check-port": {
    made: [
      "The health check asks another port than traffic-port.",
      "ヘルスチェックのポートが traffic-port ではありません。",
    ],
    ...TIMED_OUT,
    like: ["task-ingress", "app-port"],
    apart: [
      "HealthCheckPort is a number of its own, which the tasks' security group does not admit; where it does, the check is refused.",
      "HealthCheckPort に別の番号が入っていて、タスクのセキュリティグループが許可していません。許可していれば、すぐに拒否されます。",
    ],
    mend: [
      "traffic-port, and a rule for it where another port is meant.",
      "traffic-port にします。別のポートを使うなら、そのポートも許可します。",
    ],
  },
  "app-port": {
    made: [
      "containerPort is not the port on which the app listens.",
      "containerPort が、アプリの待ち受けポートと違います。",
    ],
    ...FAILED,
    like: ["task-ingress", "health-check-port", "grace-period"],
    apart: [
      "Health checks fail at once, without a code, and the app's log says that it listens: on another port, or on 127.0.0.1.",
      "コードなしですぐに失敗し、アプリのログには別のポート (または 127.0.0.1) で待ち受けたと出ています。",
    ],
    mend: [
      "One port in the app, the port mapping, the target group and the security group.",
      "アプリ、ポートマッピング、ターゲットグループ、セキュリティグループのポートを揃えます。",
    ],
  },
  "grace-period": {
    made: [
      "The app starts slowly, and the grace period is shorter.",
      "アプリの起動が遅く、ヘルスチェックの猶予期間がそれより短い設定です。",
    ],
    seen: "stopped",
    symptom: "Task failed ELB health checks in (target-group …)",
    like: ["app-port", "health-check-error"],
    apart: [
      "Tasks are stopped before their log says that they listen; with more time one becomes healthy.",
      "待ち受けたというログが出る前にタスクが止められています。時間があれば healthy になります。",
    ],
    mend: [
      "healthCheckGracePeriodSeconds longer than the start.",
      "healthCheckGracePeriodSeconds を起動時間より長くします。",
    ],
  },
  "health-check-matcher": {
    made: [
      "The app answers 200, and the matcher wants something else.",
      "アプリは 200 を返しますが、matcher が別のコードを求めています。",
    ],
    seen: "target",
    symptom: "Health checks failed with these codes: [200]",
    like: ["health-check-path"],
    apart: ["The code in brackets is a good one.", "角括弧の中のコードが正常なものです。"],
    mend: ['matcher "200".', 'matcher を "200" にします。'],
  },
  "health-check-path": {
    made: [
      "The health check asks a path that the app does not have.",
      "アプリにないパスをヘルスチェックしています。",
    ],
    seen: "target",
    symptom: "Health checks failed with these codes: [404]",
    like: ["health-check-error", "health-check-matcher"],
    apart: [
      "The app answers, with 404 (or 301, 401): it is the question that is wrong.",
      "アプリは 404 (や 301、401) を返しています。聞くパスが間違っています。",
    ],
    mend: ["A path that answers without a login.", "認証なしで応答するパスにします。"],
  },
  "health-check-error": {
    made: ["The app itself reports that it is broken.", "アプリ自身がエラーを返しています。"],
    seen: "target",
    symptom: "Health checks failed with these codes: [500]",
    like: ["health-check-path", "container-exits"],
    apart: [
      "A code from 500 comes of the app; its log says what it misses.",
      "500 番台はアプリが返しています。ログに原因が出ます。",
    ],
    mend: ["Read its log.", "ログを読みます。"],
  },
  "health-check-timeout": {
    made: [
      "The app takes the connection and does not answer in time.",
      "アプリは接続を受けますが、時間内に応答しません。",
    ],
    ...TIMED_OUT,
    like: ["task-ingress", "load-balancer-egress"],
    apart: [
      "Security groups let it through: the app hangs, or is out of CPU.",
      "セキュリティグループは許可しています。アプリが止まっているか、CPU が足りません。",
    ],
    mend: [
      "Mend the app, give it CPU, or a longer time-out.",
      "アプリを直すか、CPU を増やすか、タイムアウトを延ばします。",
    ],
  },
  "targets-missing": {
    made: ["Targets were deregistered by hand.", "ターゲットを手動で登録解除しました。"],
    seen: "target",
    symptom: '"TargetHealthDescriptions":[]',
    like: ["service-not-registered", "listener-target-group"],
    apart: [
      "The service runs and is steady; clients get 503. ECS registers a task once and does not look again.",
      "サービスは動いて安定していますが、クライアントには 503 が返ります。ECS はタスクを一度しか登録しません。",
    ],
    mend: ["Force a new deployment.", "新しいデプロイを強制します。"],
  },
} as const satisfies Readonly<Record<string, Failure>>;
