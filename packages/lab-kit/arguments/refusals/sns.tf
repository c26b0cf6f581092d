resource "aws_sns_topic" "application_failure_feedback_role_arn" {
  application_failure_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "application_success_feedback_role_arn" {
  application_success_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "firehose_failure_feedback_role_arn" {
  firehose_failure_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "firehose_success_feedback_role_arn" {
  firehose_success_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "http_failure_feedback_role_arn" {
  http_failure_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "http_success_feedback_role_arn" {
  http_success_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "lambda_failure_feedback_role_arn" {
  lambda_failure_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "lambda_success_feedback_role_arn" {
  lambda_success_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "sqs_failure_feedback_role_arn" {
  sqs_failure_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "sqs_success_feedback_role_arn" {
  sqs_success_feedback_role_arn = "arn:aws:iam::${local.account}:role/feedback"
}

resource "aws_sns_topic" "archive_policy" {
  name           = "archived.fifo"
  fifo_topic     = true
  archive_policy = jsonencode({ MessageRetentionPeriod = "30" })
}

resource "aws_sqs_queue" "sns" {
  name = "sns"
}

resource "aws_sqs_queue" "sns_ordered" {
  name       = "sns.fifo"
  fifo_queue = true
}

resource "aws_sns_topic" "plain" {
  name = "plain"
}

resource "aws_sns_topic" "ordered" {
  name       = "ordered.fifo"
  fifo_topic = true
}

resource "aws_sns_topic_subscription" "replay_policy" {
  topic_arn = aws_sns_topic.ordered.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.sns_ordered.arn
  replay_policy = jsonencode({
    PointType     = "Timestamp"
    StartingPoint = "2026-01-01T00:00:00.000Z"
  })
}

resource "aws_sns_topic_subscription" "subscription_role_arn" {
  topic_arn             = aws_sns_topic.plain.arn
  protocol              = "firehose"
  endpoint              = "arn:aws:firehose:${local.region}:${local.account}:deliverystream/news"
  subscription_role_arn = "arn:aws:iam::${local.account}:role/firehose"
}

resource "aws_sns_platform_application" "phones" {
  name                = "phones"
  platform            = "GCM"
  platform_credential = "secret"
}

resource "aws_sns_sms_preferences" "this" {
  default_sms_type = "Transactional"
}

resource "aws_sns_topic_data_protection_policy" "plain" {
  arn    = aws_sns_topic.plain.arn
  policy = jsonencode({ Name = "mask", Version = "2021-06-01", Statement = [] })
}
