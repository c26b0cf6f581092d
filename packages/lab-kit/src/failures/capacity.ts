import type { Failure } from "./failure.ts";

const NOT_PLACED = {
  symptom:
    "was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance …)",
} as const;

/** On the instances that tasks run on, in scaling, and in what runs tasks that end. */
export const CAPACITY_FAILURES = {
  "instance-full": {
    made: [
      "The tasks ask for more CPU or memory than any instance has left.",
      "タスクの CPU やメモリが、どのインスタンスの空きよりも多い設定です。",
    ],
    seen: "event",
    symptom: `${NOT_PLACED.symptom} has insufficient memory available`,
    like: ["deployment-percentages", "instance-port-taken"],
    apart: [
      "The event says of what there is too little; describe-container-instances has remainingResources.",
      "イベントに何が足りないかが出ます。describe-container-instances の remainingResources で確認できます。",
    ],
    mend: [
      "Ask for less, use larger instances, or let the group grow by a capacity provider.",
      "要求を減らすか、大きなインスタンスにするか、キャパシティープロバイダーで台数を増やします。",
    ],
  },
  "instance-port-taken": {
    made: [
      "A fixed host port: one task per instance is all that fits, and a rolling update wants one more.",
      "ホストポートを固定したため 1 台に 1 タスクしか置けず、ローリングアップデートで足りなくなります。",
    ],
    seen: "event",
    symptom: `${NOT_PLACED.symptom} is already using a port required by your task`,
    like: ["instance-full", "container-port-taken"],
    apart: ["There is room for CPU and memory.", "CPU とメモリには空きがあります。"],
    mend: [
      "hostPort 0, awsvpc, or minimumHealthyPercent below 100.",
      "hostPort を 0 にするか、awsvpc にするか、minimumHealthyPercent を下げます。",
    ],
  },
  "instance-attribute": {
    made: [
      "The task wants something that the agent does not have, such as a log driver.",
      "ログドライバーなど、エージェントにない機能をタスクが求めています。",
    ],
    seen: "event",
    symptom: `${NOT_PLACED.symptom} is missing an attribute required by your task`,
    like: ["instance-constraint", "instance-full"],
    apart: [
      "requiresAttributes of the task definition has one that the instance's attributes have not.",
      "タスク定義の requiresAttributes に、インスタンスの attributes にないものがあります。",
    ],
    mend: [
      "Switch it on in ECS_AVAILABLE_LOGGING_DRIVERS, or do without.",
      "ECS_AVAILABLE_LOGGING_DRIVERS などで有効にするか、使わないようにします。",
    ],
  },
  "instance-constraint": {
    made: [
      "A placement constraint, such as an instance type, that no instance meets.",
      "インスタンスタイプなどの配置制約を満たすインスタンスがありません。",
    ],
    seen: "event",
    symptom: `${NOT_PLACED.symptom} encountered error "MemberOf placement constraint unsatisfied."`,
    like: ["instance-attribute", "instance-full"],
    apart: [
      "It is the service's or the task definition's own placementConstraints that are not met.",
      "満たされていないのは、サービスやタスク定義の placementConstraints です。",
    ],
    mend: [
      "Loosen the constraint, or add an instance that meets it.",
      "制約を緩めるか、満たすインスタンスを追加します。",
    ],
  },
  "scaling-no-data": {
    made: [
      "A policy follows a metric that nobody writes.",
      "ポリシーが、誰も書き込まないメトリクスを追跡しています。",
    ],
    seen: "alarm",
    symptom: '"StateValue":"INSUFFICIENT_DATA"',
    like: ["scaling-label", "scaling-no-policy"],
    apart: [
      "list-metrics has no such metric; with a wrong label it has it under other dimensions.",
      "list-metrics にそのメトリクスがありません。ラベルの間違いなら、別のディメンションで存在します。",
    ],
    mend: [
      "Write the metric, or name one that is there, letter by letter.",
      "メトリクスを送るか、実在するものを正確に指定します。",
    ],
  },
  "scaling-schedule-failed": {
    made: [
      "A scheduled action sets a minimum above the maximum.",
      "スケジュールされたアクションの最小値が最大値を超えています。",
    ],
    seen: "activity",
    symptom: "Maximum capacity cannot be less than minimum capacity",
    like: ["scaling-suspended"],
    apart: [
      "The activity is Failed and says why; of suspended scaling there is none.",
      "アクティビティが Failed で理由が出ます。停止中の場合はアクティビティがありません。",
    ],
    mend: ["Give the action both bounds.", "アクションに最小値と最大値の両方を指定します。"],
  },
  "scaling-at-maximum": {
    made: ["The load wants more tasks than the maximum.", "負荷に対して最大値が足りません。"],
    seen: "alarm",
    symptom: '"StateValue":"ALARM"',
    like: ["scaling-cool-down", "scaling-suspended", "scaling-fixed"],
    apart: [
      "The alarm is on, and desiredCount is MaxCapacity.",
      "アラームが鳴っていて、desiredCount が MaxCapacity に達しています。",
    ],
    mend: [
      "A higher maximum, or tasks that can do more.",
      "最大値を上げるか、1 タスクの性能を上げます。",
    ],
  },
  "scaling-policy-missing": {
    made: [
      "A policy was deleted, and the alarm that called it stayed.",
      "ポリシーを削除し、それを呼び出すアラームが残っています。",
    ],
    seen: "alarm",
    symptom: ":scalingPolicy:…",
    like: ["scaling-no-policy", "scaling-no-data"],
    apart: [
      "The alarm names a policy that describe-scaling-policies does not have.",
      "アラームのアクションのポリシーが describe-scaling-policies にありません。",
    ],
    mend: [
      "Make the policy again, and let the alarm name it.",
      "ポリシーを作り直し、アラームに設定します。",
    ],
  },
  "run-task-rights": {
    made: [
      "The role of a rule or schedule may not ecs:RunTask on this definition and cluster.",
      "ルールやスケジュールのロールに、このタスク定義とクラスターへの ecs:RunTask がありません。",
    ],
    seen: "letter",
    symptom: "is not authorized to perform: ecs:RunTask on resource",
    like: ["run-pass-role", "run-role-trust"],
    apart: [
      "Nothing is to be seen in ECS: without a dead letter queue only the metric FailedInvocations tells.",
      "ECS 側には何も出ません。デッドレターキューがなければ、FailedInvocations メトリクスにしか現れません。",
    ],
    mend: ["Allow ecs:RunTask on `family:*`.", "`family:*` に対する ecs:RunTask を許可します。"],
  },
  "run-pass-role": {
    made: [
      "The role of a rule or schedule may run the task, and may not hand it its execution role.",
      "ルールやスケジュールのロールはタスクを動かせますが、タスク実行ロールを渡せません。",
    ],
    seen: "letter",
    symptom: "is not authorized to perform: iam:PassRole on resource",
    like: ["run-task-rights"],
    apart: [
      "The action that is named is iam:PassRole, the resource is a role.",
      "示されるアクションが iam:PassRole で、リソースはロールです。",
    ],
    mend: [
      "Allow iam:PassRole on the task's roles.",
      "タスクのロールに対する iam:PassRole を許可します。",
    ],
  },
  "run-override": {
    made: [
      "The overrides name a container that the task definition does not have.",
      "上書き (containerOverrides) のコンテナ名が、タスク定義にありません。",
    ],
    seen: "letter",
    symptom: "Override for container named … is not a container in the TaskDefinition.",
    like: ["run-definition-gone"],
    apart: [
      "The role is right; the message names the container.",
      "ロールに問題はなく、メッセージにコンテナ名が出ます。",
    ],
    mend: ["Name the container as in the task definition.", "タスク定義のコンテナ名に合わせます。"],
  },
  "run-definition-gone": {
    made: [
      "The revision that a rule runs was deregistered.",
      "ルールの動かすリビジョンを登録解除しました。",
    ],
    seen: "letter",
    symptom: "TaskDefinition is inactive",
    like: ["run-override", "revision-inactive"],
    apart: [
      "The target names a revision by number, and that is INACTIVE.",
      "ターゲットが番号付きで指すリビジョンが INACTIVE です。",
    ],
    mend: ["Name the newest revision.", "最新のリビジョンを指定します。"],
  },
  "run-no-room": {
    made: [
      "A rule runs a task on EC2, and the cluster has no instance.",
      "ルールが EC2 でタスクを動かしますが、クラスターにインスタンスがありません。",
    ],
    seen: "letter",
    symptom: "No Container Instances were found in your cluster.",
    like: ["launch-type", "run-task-rights"],
    apart: [
      "RunTask answered, with a failure and no task.",
      "RunTask は応答し、タスクの代わりに failures を返しています。",
    ],
    mend: [
      "Run it on Fargate, or see to an instance.",
      "Fargate で動かすか、インスタンスを用意します。",
    ],
  },
} as const satisfies Readonly<Record<string, Failure>>;
