import type { Failure } from "./failure.ts";

const NOT_ASSUMED = {
  seen: "event",
  symptom:
    "ECS was unable to assume the role '…' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.",
} as const;

/** In the service itself, and in what was deployed. */
export const SERVICE_FAILURES = {
  "cluster-missing": {
    made: [
      "The cluster was deleted, or its name has a typo.",
      "クラスターを削除したか、名前を書き間違えました。",
    ],
    seen: "refused",
    symptom: "Cluster not found.",
    like: ["service-missing"],
    apart: [
      "list-clusters does not have it; of a missing service the cluster is there, and describe-services has a failure MISSING.",
      "list-clusters に出てきません。サービスがないだけなら、クラスターはあり、describe-services の failures に MISSING が出ます。",
    ],
    mend: [
      "Deploy the stack that makes it, or put the name right.",
      "クラスターを作るスタックをデプロイするか、名前を直します。",
    ],
  },
  "service-missing": {
    made: [
      "The service was never made: it was not deployed, or under another name.",
      "サービスを作っていません。デプロイしていないか、名前が違います。",
    ],
    seen: "service",
    symptom: '"reason":"MISSING"',
    like: ["service-elsewhere", "service-deleted"],
    apart: [
      "No cluster of the region has a service of that name, not even an INACTIVE one.",
      "リージョン内のどのクラスターにも、その名前のサービスがありません。INACTIVE のものもありません。",
    ],
    mend: ["Deploy.", "デプロイします。"],
  },
  "service-elsewhere": {
    made: [
      "The service names another cluster, or none: then it is in `default`.",
      "サービスが別のクラスターを指しています。指定しないと `default` になります。",
    ],
    seen: "service",
    symptom: '"reason":"MISSING"',
    like: ["service-missing"],
    apart: [
      "list-services of the other clusters has it.",
      "ほかのクラスターの list-services に出てきます。",
    ],
    mend: ["Name the cluster by its ARN.", "クラスターを ARN で指定します。"],
  },
  "service-deleted": {
    made: ["Somebody deleted the service by hand.", "誰かが手動でサービスを削除しました。"],
    seen: "service",
    symptom: '"status":"INACTIVE"',
    like: ["service-missing", "desired-count-zero"],
    apart: [
      "describe-services still tells of it, for a while: INACTIVE, or DRAINING while its last tasks stop.",
      "しばらくは describe-services に INACTIVE (最後のタスクの停止中は DRAINING) として出てきます。",
    ],
    mend: ["Deploy: Terraform makes it again.", "デプロイすると、Terraform が作り直します。"],
  },
  "desired-count-zero": {
    made: [
      "The desired count is 0: written so, or set by hand and forgotten.",
      "desiredCount が 0 です。コードに書いたか、手動で 0 にしたまま忘れています。",
    ],
    seen: "service",
    symptom: '"desiredCount":0',
    like: ["deployment-waits", "task-failed-to-start"],
    apart: [
      "There is no stopped task and no event: nothing was tried. The deployment is COMPLETED, with 0 of 0 tasks.",
      "停止したタスクもイベントもありません。何も試みられていないからです。デプロイは 0/0 で COMPLETED です。",
    ],
    mend: [
      "Set the desired count, where it is written: Terraform, autoscaling, or by hand.",
      "desiredCount を、それを決めている場所 (Terraform、オートスケーリング、手動) で設定します。",
    ],
  },
  "deployment-percentages": {
    made: [
      "minimumHealthyPercent and maximumPercent leave no room for one task more or one less, such as 100 and 100.",
      "minimumHealthyPercent と maximumPercent が 100 と 100 のように、1 つ増やすことも減らすこともできない値です。",
    ],
    seen: "event",
    symptom:
      "was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
    like: ["deployment-waits", "instance-full"],
    apart: [
      "No task of the new revision was ever started; with too little room on instances an event says that none met all requirements.",
      "新しいリビジョンのタスクが 1 つも起動されていません。インスタンスの空き不足なら、要件を満たすものがないというイベントが出ます。",
    ],
    mend: [
      "Allow one task more (100 and 200), or one less (50 and 100).",
      "1 つ多く (100 と 200) または 1 つ少なく (50 と 100) できるようにします。",
    ],
  },
  "launch-type": {
    made: [
      "The service asks for instances, and the cluster has none.",
      "サービスは EC2 インスタンスを求めていますが、クラスターに 1 台もありません。",
    ],
    seen: "event",
    symptom:
      "was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster.",
    like: ["instance-user-data", "instance-role", "instance-network"],
    apart: [
      "EC2 has no instance for this cluster either; where one runs, it is its agent that does not register.",
      "EC2 側にもこのクラスター用のインスタンスがありません。動いているなら、エージェントが登録できていない問題です。",
    ],
    mend: [
      "Ask for Fargate, or add a capacity provider with instances.",
      "Fargate を指定するか、インスタンスのあるキャパシティープロバイダーを追加します。",
    ],
  },
  "execution-role-missing": {
    made: [
      "The execution role was deleted while the task definition still names it.",
      "タスク定義が参照しているタスク実行ロールを削除しました。",
    ],
    ...NOT_ASSUMED,
    like: ["execution-role-trust", "task-role-missing"],
    apart: [
      "`iam get-role` says NoSuchEntity of the execution role.",
      "`iam get-role` がタスク実行ロールに対して NoSuchEntity を返します。",
    ],
    mend: [
      "Make the role again, or name one that is there.",
      "ロールを作り直すか、あるものを指定します。",
    ],
  },
  "execution-role-trust": {
    made: [
      "The execution role trusts EC2 or ecs.amazonaws.com, not ecs-tasks.amazonaws.com.",
      "タスク実行ロールの信頼ポリシーが EC2 や ecs.amazonaws.com で、ecs-tasks.amazonaws.com ではありません。",
    ],
    ...NOT_ASSUMED,
    like: ["execution-role-missing", "execution-role-rights"],
    apart: [
      "The role is there, and its trust policy names another service. Where its rights are missing, a task stops and names the action.",
      "ロールはあり、信頼ポリシーのサービス名が違います。権限不足の場合は、タスクが停止し、アクション名が示されます。",
    ],
    mend: ["Trust ecs-tasks.amazonaws.com.", "ecs-tasks.amazonaws.com を信頼します。"],
  },
  "task-role-missing": {
    made: [
      "The task definition names a task role that does not exist.",
      "タスク定義が、存在しないタスクロールを指しています。",
    ],
    ...NOT_ASSUMED,
    like: ["task-role-trust", "execution-role-missing"],
    apart: [
      "The sentence names the role: compare it with taskRoleArn and executionRoleArn.",
      "メッセージにロール名が出ます。taskRoleArn と executionRoleArn のどちらかを見比べます。",
    ],
    mend: [
      "Make the role, or take it out: a task needs one only to call AWS.",
      "ロールを作るか、指定を外します。タスクロールは AWS を呼び出すタスクだけに必要です。",
    ],
  },
  "task-role-trust": {
    made: [
      "The task role was made for Lambda, or by a copied policy, and trusts that.",
      "タスクロールが Lambda 用などで、信頼先が違います。",
    ],
    ...NOT_ASSUMED,
    like: ["task-role-missing", "execution-role-trust"],
    apart: [
      "`iam get-role` shows the role, with another principal.",
      "`iam get-role` でロールが見つかり、Principal が別のサービスです。",
    ],
    mend: ["Trust ecs-tasks.amazonaws.com.", "ecs-tasks.amazonaws.com を信頼します。"],
  },
  "breaker-without-rollback": {
    made: [
      "A broken revision, and a circuit breaker with `rollback: false`.",
      "壊れたリビジョンを、`rollback: false` のサーキットブレーカーでデプロイしました。",
    ],
    seen: "rollout",
    symptom: "ECS deployment circuit breaker: tasks failed to start.",
    like: ["container-exits", "deployment-waits"],
    apart: [
      "The deployment is FAILED and stays so: nobody tries again, and nothing goes back. Why its tasks failed is another entry.",
      "デプロイは FAILED のままで、再試行もロールバックもされません。タスクが失敗した原因は別の項目です。",
    ],
    mend: [
      "Mend the revision and deploy; write `rollback: true` for the next time.",
      "リビジョンを直してデプロイし、次に備えて `rollback: true` にします。",
    ],
  },
  "old-revision": {
    made: [
      "A new revision was registered, and the service was not moved: Terraform ignores the revision, or update-service was forgotten.",
      "新しいリビジョンを登録しましたが、サービスを切り替えていません。Terraform がリビジョンを無視しているか、update-service を忘れています。",
    ],
    seen: "service",
    symptom: '"taskDefinition":"…:1"',
    like: ["image-tag-moved", "deployment-failed"],
    apart: [
      "describe-task-definition with the family alone has a higher number. With a moved tag the number is the newest.",
      "ファミリー名だけで describe-task-definition すると、より新しい番号が返ります。タグが動いた場合は番号は最新です。",
    ],
    mend: [
      "Deploy, or update-service with the new revision.",
      "デプロイするか、update-service で新しいリビジョンを指定します。",
    ],
  },
  "revision-inactive": {
    made: ["The revision that runs was deregistered.", "動いているリビジョンを登録解除しました。"],
    seen: "refused",
    symptom: "TaskDefinition is inactive",
    like: ["old-revision"],
    apart: [
      "Tasks go on running, and lost ones are replaced; only a new deployment of it is refused.",
      "タスクは動き続け、失われたタスクも補充されます。新しいデプロイだけが拒否されます。",
    ],
    mend: [
      "Register the definition again and deploy that.",
      "タスク定義を登録し直し、それをデプロイします。",
    ],
  },
  "image-tag-moved": {
    made: [
      "An image was pushed under the tag that the task definition names, and nobody deployed.",
      "タスク定義と同じタグで新しいイメージを push し、デプロイしていません。",
    ],
    seen: "container",
    symptom: '"imageDigest":"sha256:…"',
    like: ["old-revision"],
    apart: [
      "The revision is the newest, and the running container's imageDigest is not what ECR has under the tag.",
      "リビジョンは最新ですが、実行中のコンテナの imageDigest が、ECR のタグの指すものと違います。",
    ],
    mend: [
      "Force a new deployment, or give each image a tag of its own.",
      "新しいデプロイを強制するか、イメージごとに別のタグを付けます。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
