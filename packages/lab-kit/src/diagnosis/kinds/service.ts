import type { Kind } from "../kinds.ts";
import { ecsPage, page } from "./pages.ts";

const DEPLOY = "./workbook deploy";
const SERVICES = ecsPage("ecs_services");
const DEPLOYMENTS = ecsPage("deployment-type-ecs");
const NOT_THERE = [
  "Has the stack been deployed since you wrote this?",
  "これを書いた後、デプロイしましたか。",
] as const;
const ASSUMED = [
  "Who may take the role that the task is started with?",
  "タスクの起動に使うロールを引き受けられるのは誰ですか。",
] as const;
const TRUST_LINE = 'Principal: { Service: "ecs-tasks.amazonaws.com" },';
const WHERE_RUN = [
  "On what do the tasks of this service run?",
  "このサービスのタスクは何の上で動きますか。",
] as const;
const WHICH_VERSION = [
  "Which version runs, and which one did you write last? Who moves the service from one to the other?",
  "動いているのはどのバージョンで、最後に書いたのはどれですか。サービスを切り替えるのは誰ですか。",
] as const;

/** Causes in the service itself, its roles, and in what was deployed. */
export const SERVICE_KINDS = {
  "cluster-missing": { question: NOT_THERE, page: ecsPage("clusters"), line: DEPLOY },
  "service-missing": { question: NOT_THERE, page: SERVICES, line: DEPLOY },
  "service-deleted": { question: NOT_THERE, page: SERVICES, line: DEPLOY },
  "service-elsewhere": {
    question: ["In which cluster is the service?", "サービスはどのクラスターにありますか。"],
    page: SERVICES,
    line: "cluster: cluster.arn,",
  },
  "desired-count-zero": {
    question: ["How many tasks does the service want?", "サービスはタスクをいくつ求めていますか。"],
    page: SERVICES,
    line: "desiredCount: 2,",
  },
  "launch-type": {
    question: WHERE_RUN,
    page: ecsPage("launch_types"),
    line: 'launchType: "FARGATE",',
  },
  "capacity-provider-missing": {
    question: WHERE_RUN,
    page: ecsPage("cluster-capacity-providers"),
    line: 'launchType: "FARGATE",',
  },
  "deployment-percentages": {
    question: [
      "While a deployment is under way, how many tasks have to stay, and how many may there be?",
      "デプロイ中、いくつのタスクを残す必要があり、いくつまで動かせますか。",
    ],
    page: DEPLOYMENTS,
    line: "deploymentMinimumHealthyPercent: 100, deploymentMaximumPercent: 200,",
  },
  "execution-role-missing": {
    question: ASSUMED,
    page: ecsPage("task_execution_IAM_role"),
    line: "executionRoleArn: executionRole.arn,",
  },
  "execution-role-trust": {
    question: ASSUMED,
    page: ecsPage("task_execution_IAM_role"),
    line: TRUST_LINE,
  },
  "task-role-missing": {
    question: ASSUMED,
    page: ecsPage("task-iam-roles"),
    line: "taskRoleArn: …,",
  },
  "task-role-trust": { question: ASSUMED, page: ecsPage("task-iam-roles"), line: TRUST_LINE },
  "execution-role-rights": {
    question: [
      "As whom does ECS pull the image and open the log stream, and what may it do?",
      "ECS は何の権限でイメージをプルし、ログストリームを開きますか。その権限で足りますか。",
    ],
    page: ecsPage("task_execution_IAM_role"),
    line: 'policyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",',
  },
  "execution-role-deny": {
    question: [
      "The role is allowed it, and yet may not. What stronger word is there?",
      "許可があるのに拒否されます。許可より強いものは何ですか。",
    ],
    page: page("IAM/latest/UserGuide", "reference_policies_evaluation-logic"),
    line: 'effect: "Allow",',
  },
  "execution-role-boundary": {
    question: [
      "What is the most that this role may ever do?",
      "このロールに許される権限の上限はどこで決まりますか。",
    ],
    page: page("IAM/latest/UserGuide", "access_policies_boundaries"),
    line: "permissionsBoundary: …,",
  },
  "repository-policy": {
    question: [
      "Who else decides who may pull an image?",
      "イメージのプルの可否は、ほかにどこで決まりますか。",
    ],
    page: page("AmazonECR/latest/userguide", "repository-policies"),
    line: "./workbook aws ecr get-repository-policy --repository-name …",
  },
  "breaker-without-rollback": {
    question: [
      "The deployment has failed. Who goes back to what ran before?",
      "デプロイは失敗しました。以前のリビジョンに戻すのは誰ですか。",
    ],
    page: ecsPage("deployment-circuit-breaker"),
    line: "deploymentCircuitBreaker: { enable: true, rollback: true },",
  },
  "exec-rights": {
    question: [
      "As whom does the agent in the task speak with Session Manager?",
      "タスクの中のエージェントは、誰として Session Manager と通信しますか。",
    ],
    page: ecsPage("task-iam-roles"),
    line: 'Action: ["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"],',
  },
  "deployment-failed": {
    question: WHICH_VERSION,
    page: ecsPage("deployment-circuit-breaker"),
    line: DEPLOY,
  },
  "deployment-waits": {
    question: [
      "What do the service's latest events say?",
      "サービスの最新イベントには何が書いてありますか。",
    ],
    page: ecsPage("service-event-messages-list"),
    line: "./workbook status",
  },
  "old-revision": { question: WHICH_VERSION, page: DEPLOYMENTS, line: DEPLOY },
  "revision-inactive": {
    question: WHICH_VERSION,
    page: ecsPage("deregister-task-definition-v2"),
    line: DEPLOY,
  },
  "image-tag-moved": {
    question: WHICH_VERSION,
    page: DEPLOYMENTS,
    line: "./workbook aws ecs update-service --cluster … --service … --force-new-deployment",
  },
  "logs-not-delivered": {
    question: [
      "The tasks run, and their log is empty. Who brings the lines to CloudWatch Logs, and as whom?",
      "タスクは動いているのにログが空です。ログを CloudWatch Logs に届けるのは誰で、何の権限ですか。",
    ],
    page: ecsPage("using_awslogs"),
    line: 'actions: ["logs:CreateLogStream", "logs:PutLogEvents"],',
  },
} as const satisfies Readonly<Record<string, Kind>>;
