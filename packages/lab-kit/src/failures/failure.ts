import type { Words } from "@workbook/toolchain";

/** Where a fault is to be seen first, of all places that can be looked at from outside. */
export type Place = keyof typeof PLACES;

/** The places, with how each is looked at. */
export const PLACES = {
  refused: {
    title: ["the answer of a call", "API 呼び出しの応答"],
    command: "./workbook deploy",
  },
  service: {
    title: ["the service itself", "サービスの設定と状態"],
    command: "./workbook aws ecs describe-services --cluster … --services …",
  },
  event: {
    title: ["the service's events", "サービスイベント"],
    command:
      "./workbook aws ecs describe-services --cluster … --services … --query 'services[].events[].message'",
  },
  rollout: {
    title: ["the deployment's reason", "デプロイの状態の理由"],
    command:
      "./workbook aws ecs describe-services --cluster … --services … --query 'services[].deployments'",
  },
  stopped: {
    title: ["the stopped task's reason", "停止したタスクの理由"],
    command:
      "./workbook aws ecs describe-tasks --cluster … --tasks … --query 'sort_by(tasks,&createdAt)[-1].stoppedReason'",
  },
  container: {
    title: ["the container's reason and exit code", "コンテナの理由と終了コード"],
    command: "./workbook aws ecs describe-tasks --cluster … --tasks … --query 'tasks[].containers'",
  },
  log: { title: ["the log", "ログ"], command: "./workbook logs" },
  stream: {
    title: ["the log group's streams", "ロググループのログストリーム"],
    command: "./workbook aws logs describe-log-streams --log-group-name …",
  },
  target: {
    title: ["the target's health", "ターゲットのヘルス"],
    command: "./workbook aws elbv2 describe-target-health --target-group-arn …",
  },
  balancer: {
    title: ["the load balancer and its listeners", "ALB とリスナー"],
    command: "./workbook aws elbv2 describe-listeners --load-balancer-arn …",
  },
  exec: {
    title: ["ECS Exec", "ECS Exec"],
    command: "./workbook exec …",
  },
  alarm: {
    title: ["the alarm", "アラーム"],
    command: "./workbook aws cloudwatch describe-alarms",
  },
  activity: {
    title: ["the scaling activities", "スケーリングアクティビティ"],
    command:
      "./workbook aws application-autoscaling describe-scaling-activities --service-namespace ecs",
  },
  letter: {
    title: ["the dead letter", "デッドレター"],
    command: "./workbook aws sqs receive-message --message-attribute-names All --queue-url …",
  },
} as const satisfies Readonly<Record<string, { title: Words; command: string }>>;

/** One mistake or fault: how it comes about, how it shows, and how it is told from what looks alike. */
export interface Failure {
  /** What was done to a stack that works. */
  readonly made: Words;
  readonly seen: Place;
  /** AWS's own words there, or the member of its answer; `…` stands for what differs from case to case. */
  readonly symptom: string;
  /** What else looks so, by the names of the diagnosis. */
  readonly like: readonly string[];
  /** How it is told from those. */
  readonly apart: Words;
  readonly mend: Words;
}
