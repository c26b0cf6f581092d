import type { Failure } from "./failure.ts";

/** Between a client and a target group. */
export const BALANCER_FAILURES = {
  "listener-port": {
    made: [
      "The listener is on another port than the one that clients ask.",
      "リスナーのポートが、クライアントの接続先と違います。",
    ],
    seen: "balancer",
    symptom: '"Port":81',
    like: ["listener-missing", "load-balancer-ingress"],
    apart: [
      "Targets are healthy; describe-listeners has the load balancer on another port.",
      "ターゲットは healthy で、describe-listeners のポートが違います。",
    ],
    mend: [
      "Put the listener's port right, and the security group's.",
      "リスナーとセキュリティグループのポートを直します。",
    ],
  },
  "listener-fixed-response": {
    made: [
      "The listener answers by itself: its default action was never changed to forward.",
      "リスナー自身が応答しています。デフォルトアクションが forward ではありません。",
    ],
    seen: "balancer",
    symptom: '"Type":"fixed-response"',
    like: ["listener-rule", "health-check-error"],
    apart: [
      "The answer is the same whatever is asked, and no task logs a request.",
      "何をリクエストしても同じ応答で、タスクのログにリクエストがありません。",
    ],
    mend: ["Forward to the target group.", "ターゲットグループに forward します。"],
  },
  "listener-redirect": {
    made: [
      "The listener redirects to HTTPS, and no listener is there on 443.",
      "リスナーが HTTPS にリダイレクトしますが、443 のリスナーがありません。",
    ],
    seen: "balancer",
    symptom: '"Type":"redirect"',
    like: ["listener-fixed-response"],
    apart: [
      "curl -i shows 301 and a Location with https.",
      "curl -i で 301 と https の Location が返ります。",
    ],
    mend: [
      "A listener on 443, or forward on 80.",
      "443 のリスナーを作るか、80 で forward します。",
    ],
  },
  "forward-weight": {
    made: [
      "All weight is on the other target group, as a blue/green switch left it.",
      "ブルー/グリーンの切り替え後のまま、重みがすべて別のターゲットグループにあります。",
    ],
    seen: "balancer",
    symptom: '"Weight":0',
    like: ["listener-target-group", "old-revision"],
    apart: [
      "The service is healthy and gets no request: RequestCountPerTarget of its target group is 0.",
      "サービスは healthy ですが、リクエストが届きません。ターゲットグループの RequestCountPerTarget が 0 です。",
    ],
    mend: ["Give its target group weight.", "ターゲットグループに重みを付けます。"],
  },
  "load-balancer-internal": {
    made: [
      "The load balancer was made `internal`.",
      "ロードバランサーを `internal` で作りました。",
    ],
    seen: "balancer",
    symptom: '"Scheme":"internal"',
    like: ["load-balancer-ingress", "load-balancer-subnet"],
    apart: [
      "Its name resolves to private addresses. Its scheme cannot be changed: it has to be made anew.",
      "名前がプライベートアドレスに解決されます。スキームは変更できず、作り直しになります。",
    ],
    mend: ["Make it internet-facing.", "internet-facing で作り直します。"],
  },
} as const satisfies Readonly<Record<string, Failure>>;
