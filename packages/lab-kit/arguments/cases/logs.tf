resource "aws_kms_key" "logs" {
  deletion_window_in_days = 7
  tags                    = local.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_cloudwatch_log_group" "full" {
  name              = "/app/full"
  log_group_class   = "STANDARD"
  retention_in_days = var.changed ? 14 : 7
  kms_key_id        = aws_kms_key.logs.arn
  skip_destroy      = false
  tags              = local.tags
}

resource "aws_cloudwatch_log_group" "prefixed" {
  name_prefix = "/app/prefixed-"
  tags        = local.tags
}

resource "aws_cloudwatch_log_stream" "web" {
  name           = "web"
  log_group_name = aws_cloudwatch_log_group.full.name
}

resource "aws_cloudwatch_log_resource_policy" "events" {
  policy_name = "events"
  policy_document = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "logs:PutLogEvents"
      Resource  = "arn:aws:logs:${local.region}:${local.account}:log-group:/app/*:*"
    }]
  })
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.full.name
  pattern        = "{ $.status >= ${var.changed ? 500 : 400} }"
  metric_transformation {
    namespace     = var.changed ? "Second" : "First"
    name          = "Errors"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_log_metric_filter" "paths" {
  name           = "paths"
  log_group_name = aws_cloudwatch_log_group.full.name
  pattern        = "{ $.path = * }"
  metric_transformation {
    namespace  = "Lab"
    name       = var.changed ? "Second" : "First"
    value      = "$.ms"
    dimensions = { Path = "$.path" }
  }
}

output "logs" {
  value = {
    ids = {
      "aws_cloudwatch_log_stream.web"           = "/app/full:web"
      "aws_cloudwatch_log_metric_filter.errors" = "/app/full:errors"
      "aws_cloudwatch_log_metric_filter.paths"  = "/app/full:paths"
    }
  }
}
