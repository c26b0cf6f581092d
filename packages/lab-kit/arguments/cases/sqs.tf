resource "aws_sqs_queue" "standard" {
  name                              = "standard"
  delay_seconds                     = var.changed ? 5 : 1
  max_message_size                  = var.changed ? 65536 : 262144
  message_retention_seconds         = var.changed ? 7200 : 3600
  receive_wait_time_seconds         = var.changed ? 20 : 10
  visibility_timeout_seconds        = var.changed ? 60 : 45
  kms_master_key_id                 = "alias/aws/sqs"
  kms_data_key_reuse_period_seconds = var.changed ? 600 : 300
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = var.changed ? "second" : "first"
    Statement = [{
      Sid       = "Send"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:${local.region}:${local.account}:standard"
    }]
  })
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = var.changed ? 5 : 3
  })
  tags = local.tags
}

resource "aws_sqs_queue" "dead" {
  name_prefix             = "dead-"
  sqs_managed_sse_enabled = var.changed
  redrive_allow_policy = jsonencode({
    redrivePermission = "allowAll"
  })
}

resource "aws_sqs_queue" "ordered" {
  name                        = "ordered.fifo"
  fifo_queue                  = true
  content_based_deduplication = var.changed
  deduplication_scope         = var.changed ? "messageGroup" : "queue"
  fifo_throughput_limit       = var.changed ? "perMessageGroupId" : "perQueue"
}

# A queue whose policies are resources of their own.
resource "aws_sqs_queue" "bare" {
  name = "bare"
  tags = local.tags
}

resource "aws_sqs_queue_policy" "bare" {
  queue_url = aws_sqs_queue.bare.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${local.account}:root" }
      Action    = ["sqs:SendMessage", "sqs:ReceiveMessage"]
      Resource  = aws_sqs_queue.bare.arn
    }]
  })
}

resource "aws_sqs_queue_redrive_policy" "bare" {
  queue_url = aws_sqs_queue.bare.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.letters.arn
    maxReceiveCount     = var.changed ? 5 : 3
  })
}

resource "aws_sqs_queue" "letters" {
  name = "letters"
  tags = local.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "letters" {
  queue_url = aws_sqs_queue.letters.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = var.changed ? [aws_sqs_queue.bare.arn, "${aws_sqs_queue.bare.arn}-2"] : [aws_sqs_queue.bare.arn]
  })
}
