import type { Words } from "@workbook/toolchain";
import { NO_LATTICE } from "./absent-services.ts";
import { CLOUDWATCH_REASONS } from "./cloudwatch-reasons.ts";
import { LOAD_BALANCER_REASONS } from "./load-balancer-reasons.ts";
import { NETWORK_REASONS } from "./network-reasons.ts";

const FEEDBACK: Words = [
  "How deliveries went is not written to CloudWatch Logs.",
  "配信の結果は CloudWatch Logs に書き込まれません。",
];

const NO_HOSTS: Words = [
  "No hosts are managed by Systems Manager.",
  "Systems Manager が管理するホストはありません。",
];

/** Why Local AWS refuses arguments: by `type`, or `type.argument` for what begins with it. */
const REASONS: Readonly<Record<string, Words>> = {
  ...CLOUDWATCH_REASONS,
  ...LOAD_BALANCER_REASONS,
  ...NETWORK_REASONS,
  aws_ecr_account_setting: ["Images are not scanned.", "イメージはスキャンされません。"],
  aws_ecr_pull_through_cache_rule: [
    "Registries of others are pulled from directly.",
    "ほかのレジストリからは直接プルします。",
  ],
  aws_ecr_registry_policy: [
    "Images are not replicated, nor pulled through, which it allows.",
    "許可の対象であるレプリケーションとプルスルーがありません。",
  ],
  aws_ecr_registry_scanning_configuration: [
    "Images are not scanned.",
    "イメージはスキャンされません。",
  ],
  aws_ecr_replication_configuration: [
    "Images are not replicated.",
    "イメージはレプリケートされません。",
  ],
  aws_iam_account_password_policy: [
    "Users have no passwords.",
    "ユーザーにパスワードはありません。",
  ],
  aws_iam_saml_provider: ["Providers of SAML are not there.", "SAML プロバイダーはありません。"],
  aws_iam_security_token_service_preferences: [
    "Tokens have one version.",
    "トークンのバージョンは 1 つだけです。",
  ],
  aws_iam_server_certificate: [
    "Certificates are not kept in IAM.",
    "証明書は IAM に保存されません。",
  ],
  aws_iam_service_specific_credential: [
    "The services that take such credentials are not there.",
    "この認証情報を使うサービスがありません。",
  ],
  aws_iam_signing_certificate: [
    "Requests are signed with access keys alone.",
    "リクエストの署名にはアクセスキーだけを使います。",
  ],
  aws_iam_user_login_profile: [
    "There is no console to log in to.",
    "サインインするコンソールがありません。",
  ],
  aws_iam_user_ssh_key: [
    "CodeCommit is not there, which takes such keys.",
    "このキーを使う CodeCommit がありません。",
  ],
  aws_iam_virtual_mfa_device: [
    "There is no multi-factor authentication.",
    "多要素認証はありません。",
  ],
  aws_sns_platform_application: ["Nothing is pushed to phones.", "モバイルプッシュはありません。"],
  aws_sns_sms_preferences: ["No text messages are sent.", "SMS は送信されません。"],
  aws_sns_topic_data_protection_policy: [
    "Nothing is masked in messages.",
    "メッセージは何もマスクされません。",
  ],
  aws_ssm_activation: NO_HOSTS,
  aws_ssm_association: NO_HOSTS,
  aws_ssm_default_patch_baseline: NO_HOSTS,
  aws_ssm_document: [
    "Of Systems Manager, Parameter Store and sessions of ECS Exec are there.",
    "Systems Manager のうち、パラメーターストアと ECS Exec のセッションだけがあります。",
  ],
  aws_ssm_maintenance_window: NO_HOSTS,
  aws_ssm_maintenance_window_target: NO_HOSTS,
  aws_ssm_maintenance_window_task: NO_HOSTS,
  aws_ssm_patch_baseline: NO_HOSTS,
  aws_ssm_patch_group: NO_HOSTS,
  aws_ssm_resource_data_sync: NO_HOSTS,
  aws_ssm_service_setting: [
    "Parameter Store has no limit of calls here that could be raised.",
    "ここのパラメーターストアには、引き上げられるスループットの上限がありません。",
  ],
  aws_iam_organizations_features: [
    "There are no organizations.",
    "組織 (Organizations) はありません。",
  ],
  aws_kms_custom_key_store: [
    "Custom key stores are not there.",
    "カスタムキーストアはありません。",
  ],
  aws_kms_replica_external_key: [
    "Multi-Region keys are not there.",
    "マルチリージョンキーはありません。",
  ],
  "aws_ecs_cluster.configuration.execute_command_configuration.kms_key_id": [
    "Sessions are not encrypted under a key of yours.",
    "セッションはお客様のキーで暗号化されません。",
  ],
  "aws_ecs_service.iam_role": [
    "Services reach load balancers by the service-linked role.",
    "サービスは、サービスにリンクされたロールでロードバランサーを使います。",
  ],
  "aws_ecs_service.load_balancer.elb_name": [
    "Classic Load Balancers are not there.",
    "Classic Load Balancer はありません。",
  ],
  "aws_ecs_service.service_connect_configuration": [
    "Service Connect is not there.",
    "Service Connect はありません。",
  ],
  "aws_ecs_service.service_registries": [
    "Service discovery by AWS Cloud Map is not there.",
    "AWS Cloud Map によるサービスディスカバリはありません。",
  ],
  "aws_ecs_service.volume_configuration": [
    "Volumes of Amazon EBS are not there.",
    "Amazon EBS のボリュームはありません。",
  ],
  "aws_ecs_service.vpc_lattice_configurations": NO_LATTICE,
  "aws_ecs_task_definition.inference_accelerator": [
    "Elastic Inference is not there; AWS has ended it.",
    "Elastic Inference はありません。AWS でも提供を終了しています。",
  ],
  "aws_s3_bucket.object_lock_configuration": [
    "Objects have no default retention; each may have its own.",
    "デフォルトの保持期間はありません。オブジェクトごとの保持期間は設定できます。",
  ],
  "aws_s3_bucket.replication_configuration": [
    "Objects are not replicated.",
    "オブジェクトはレプリケートされません。",
  ],
  "aws_s3_bucket.versioning.mfa_delete": [
    "There is no multi-factor authentication.",
    "多要素認証はありません。",
  ],
  aws_kms_external_key: [
    "Keys whose material is imported are not there.",
    "キーマテリアルをインポートするキーはありません。",
  ],
  "aws_kms_key.custom_key_store_id": [
    "Custom key stores are not there.",
    "カスタムキーストアはありません。",
  ],
  "aws_kms_key.xks_key_id": ["External key stores are not there.", "外部キーストアはありません。"],
  aws_kms_replica_key: ["Multi-Region keys are not there.", "マルチリージョンキーはありません。"],
  "aws_scheduler_schedule.kms_key_arn": [
    "Schedules are not encrypted under a key of yours.",
    "スケジュールはお客様のキーで暗号化されません。",
  ],
  "aws_scheduler_schedule.target.ecs_parameters.reference_id": [
    "Tasks have no reference id.",
    "タスクに参照 ID はありません。",
  ],
  "aws_scheduler_schedule.target": [
    "The service that this is for is not there.",
    "対象のサービスがありません。",
  ],
  "aws_secretsmanager_secret.replica": [
    "Secrets are not replicated to other regions.",
    "シークレットはほかのリージョンにレプリケートされません。",
  ],
  aws_secretsmanager_secret_rotation: [
    "Secrets are rotated by functions of AWS Lambda, which is not there.",
    "シークレットのローテーションは AWS Lambda の関数が行います。Lambda はありません。",
  ],
  "aws_sns_topic.application_failure_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.application_success_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.firehose_failure_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.firehose_success_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.http_failure_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.http_success_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.lambda_failure_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.lambda_success_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.sqs_failure_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.sqs_success_feedback_role_arn": FEEDBACK,
  "aws_sns_topic.archive_policy": [
    "Topics keep no messages that could be replayed.",
    "トピックは、再生できるメッセージを保存しません。",
  ],
  "aws_sns_topic_subscription.replay_policy": [
    "Topics keep no messages that could be replayed.",
    "トピックは、再生できるメッセージを保存しません。",
  ],
  "aws_sns_topic_subscription.subscription_role_arn": [
    "It is the role of subscriptions by Amazon Data Firehose, which is not there.",
    "Amazon Data Firehose のサブスクリプション用のロールです。Firehose はありません。",
  ],
};

/** Undefined where nobody has said why. */
export function reasonFor(type: string, argument: string): Words | undefined {
  const path = `${type}.${argument}`;
  const parts = path.split(".");
  const names = parts.map((_, at) => parts.slice(0, parts.length - at).join("."));
  const found = names.find((name) => name in REASONS);
  return found === undefined ? undefined : REASONS[found];
}
