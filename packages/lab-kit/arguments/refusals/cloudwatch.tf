resource "aws_cloudwatch_metric_alarm" "band" {
  alarm_name          = "band"
  comparison_operator = "GreaterThanUpperThreshold"
  evaluation_periods  = 2
  threshold_metric_id = "band"
  metric_query {
    id          = "band"
    expression  = "ANOMALY_DETECTION_BAND(m1)"
    return_data = true
  }
  metric_query {
    id          = "m1"
    return_data = true
    metric {
      metric_name = "CPUUtilization"
      namespace   = "AWS/ECS"
      period      = 120
      stat        = "Average"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "foreign" {
  alarm_name          = "foreign"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  threshold           = 1
  metric_query {
    id          = "m1"
    account_id  = "210987654321"
    return_data = true
    metric {
      metric_name = "CPUUtilization"
      namespace   = "AWS/ECS"
      period      = 120
      stat        = "Average"
    }
  }
}

resource "aws_cloudwatch_metric_stream" "all" {
  name          = "all"
  role_arn      = "arn:aws:iam::${local.account}:role/stream"
  firehose_arn  = "arn:aws:firehose:${local.region}:${local.account}:deliverystream/metrics"
  output_format = "json"
}

resource "aws_cloudwatch_contributor_insight_rule" "refused" {
  rule_name       = "refused"
  rule_definition = jsonencode({ Schema = { Name = "CloudWatchLogRule", Version = 1 }, LogGroupNames = ["/a"], LogFormat = "JSON", Contribution = { Keys = ["$.ip"] }, AggregateOn = "Count" })
}

resource "aws_cloudwatch_contributor_managed_insight_rule" "refused" {
  resource_arn  = "arn:aws:ec2:${local.region}:${local.account}:vpc-endpoint-service/vpce-svc-0123456789abcdef0"
  template_name = "VpcEndpointService-BytesByEndpointId-v1"
}
