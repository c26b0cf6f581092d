import type { Words } from "@workbook/toolchain";

const DELIVERY: Words = [
  "The services that deliver such logs are not there.",
  "このログを配信するサービスがありません。",
];

/** As in `reasons.ts`, of CloudWatch, its logs, and EventBridge, whose types begin alike. */
export const CLOUDWATCH_REASONS: Readonly<Record<string, Words>> = {
  aws_cloudwatch_event_api_destination: [
    "API destinations are not there.",
    "API の送信先はありません。",
  ],
  aws_cloudwatch_event_archive: ["Events are not archived.", "イベントはアーカイブされません。"],
  aws_cloudwatch_event_connection: [
    "API destinations are not there, which connections are for.",
    "接続を使う API の送信先がありません。",
  ],
  aws_cloudwatch_event_endpoint: [
    "Global endpoints are not there.",
    "グローバルエンドポイントはありません。",
  ],
  aws_cloudwatch_log_data_protection_policy: [
    "Nothing is masked in logs.",
    "ログは何もマスクされません。",
  ],
  aws_cloudwatch_log_destination: [
    "Logs are not passed on to other accounts.",
    "ログはほかのアカウントに渡されません。",
  ],
  aws_cloudwatch_log_subscription_filter: [
    "What logs are passed on to (Lambda, Kinesis, Firehose) is not there.",
    "ログを渡す先 (Lambda、Kinesis、Firehose) がありません。",
  ],
  aws_cloudwatch_metric_stream: [
    "Amazon Data Firehose is not there, which takes streams of metrics.",
    "メトリクスのストリームを受け取る Amazon Data Firehose がありません。",
  ],
  aws_cloudwatch_query_definition: ["Logs Insights is not there.", "Logs Insights はありません。"],
  aws_cloudwatch_contributor_insight_rule: [
    "Contributor Insights is not there.",
    "Contributor Insights はありません。",
  ],
  aws_cloudwatch_contributor_managed_insight_rule: [
    "Contributor Insights is not there.",
    "Contributor Insights はありません。",
  ],
  aws_cloudwatch_log_account_policy: [
    "Nothing is masked in logs, and none are passed on, transformed or indexed.",
    "ログのマスク、転送、変換、インデックス作成はありません。",
  ],
  aws_cloudwatch_log_anomaly_detector: ["There is no anomaly detection.", "異常検出はありません。"],
  aws_cloudwatch_log_delivery: DELIVERY,
  aws_cloudwatch_log_delivery_destination: DELIVERY,
  aws_cloudwatch_log_delivery_destination_policy: DELIVERY,
  aws_cloudwatch_log_delivery_source: DELIVERY,
  aws_cloudwatch_log_destination_policy: [
    "Logs are not passed on to other accounts.",
    "ログはほかのアカウントに渡されません。",
  ],
  aws_cloudwatch_log_index_policy: ["Logs Insights is not there.", "Logs Insights はありません。"],
  "aws_cloudwatch_event_bus.event_source_name": [
    "No partner sends events.",
    "イベントを送るパートナーはありません。",
  ],
  "aws_cloudwatch_event_bus.kms_key_identifier": [
    "Events are not encrypted under a key of yours.",
    "イベントはお客様のキーで暗号化されません。",
  ],
  aws_cloudwatch_event_target: [
    "The service that this is for is not there.",
    "対象のサービスがありません。",
  ],
  "aws_cloudwatch_metric_alarm.metric_query.account_id": [
    "Metrics of other accounts are not read.",
    "ほかのアカウントのメトリクスは読み取りません。",
  ],
  "aws_cloudwatch_metric_alarm.threshold_metric_id": [
    "There is no anomaly detection.",
    "異常検出はありません。",
  ],
};
