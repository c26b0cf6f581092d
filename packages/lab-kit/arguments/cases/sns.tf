resource "aws_sns_topic" "standard" {
  name                                     = "standard"
  display_name                             = var.changed ? "Second" : "First"
  kms_master_key_id                        = "alias/aws/sns"
  signature_version                        = var.changed ? 2 : 1
  tracing_config                           = "PassThrough"
  application_success_feedback_sample_rate = var.changed ? 20 : 10
  firehose_success_feedback_sample_rate    = var.changed ? 20 : 10
  http_success_feedback_sample_rate        = var.changed ? 20 : 10
  lambda_success_feedback_sample_rate      = var.changed ? 20 : 10
  sqs_success_feedback_sample_rate         = var.changed ? 20 : 10
  delivery_policy = jsonencode({
    http = {
      defaultHealthyRetryPolicy = {
        minDelayTarget     = 1
        maxDelayTarget     = var.changed ? 30 : 20
        numRetries         = 3
        numMaxDelayRetries = 0
        numNoDelayRetries  = 0
        numMinDelayRetries = 0
        backoffFunction    = "linear"
      }
      disableSubscriptionOverrides = false
    }
  })
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:${local.region}:${local.account}:standard"
    }]
  })
  tags = local.tags
}

resource "aws_sns_topic" "ordered" {
  name                        = "ordered.fifo"
  fifo_topic                  = true
  content_based_deduplication = var.changed
  fifo_throughput_scope       = "MessageGroup"
}

resource "aws_sns_topic" "named" {
  name_prefix = "named-"
  tags        = local.tags
}

resource "aws_sns_topic_policy" "named" {
  arn = aws_sns_topic.named.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.named.arn
    }]
  })
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.named.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.sns.arn
  raw_message_delivery = var.changed
  filter_policy_scope  = var.changed ? "MessageBody" : "MessageAttributes"
  filter_policy        = jsonencode({ amount = [{ numeric = [">", var.changed ? 20 : 10] }] })
  redrive_policy       = jsonencode({ deadLetterTargetArn = var.changed ? aws_sqs_queue.sns.arn : aws_sqs_queue.sns_dead.arn })
}

resource "aws_sns_topic_subscription" "web" {
  topic_arn                       = aws_sns_topic.named.arn
  protocol                        = "http"
  endpoint                        = "http://127.0.0.1:9/news"
  endpoint_auto_confirms          = false
  confirmation_timeout_in_minutes = 1
  delivery_policy = jsonencode({
    healthyRetryPolicy = {
      minDelayTarget     = 1
      maxDelayTarget     = var.changed ? 30 : 20
      numRetries         = 3
      numMaxDelayRetries = 0
      numNoDelayRetries  = 0
      numMinDelayRetries = 0
      backoffFunction    = "linear"
    }
  })
}

resource "aws_sns_topic_subscription" "ordered" {
  topic_arn            = aws_sns_topic.ordered.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.sns_ordered.arn
  raw_message_delivery = var.changed
}

resource "aws_sqs_queue" "sns" {
  name = "sns"
  tags = local.tags
}

resource "aws_sqs_queue" "sns_dead" {
  name = "sns-dead"
  tags = local.tags
}

resource "aws_sqs_queue" "sns_ordered" {
  name       = "sns.fifo"
  fifo_queue = true
  tags       = local.tags
}

output "sns" {
  value = {
    # Nobody confirms this one.
    ids = { "aws_sns_topic_subscription.web" = null }
  }
}
