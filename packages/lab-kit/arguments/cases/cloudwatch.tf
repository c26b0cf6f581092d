resource "aws_sns_topic" "alarms" {
  name = "alarms"
  tags = local.tags
}

resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name                = "cpu"
  alarm_description         = var.changed ? "second" : "first"
  namespace                 = "AWS/ECS"
  metric_name               = "CPUUtilization"
  dimensions                = { ClusterName = "lab", ServiceName = var.changed ? "web" : "api" }
  statistic                 = var.changed ? "Maximum" : "Average"
  unit                      = "Percent"
  period                    = var.changed ? 120 : 60
  evaluation_periods        = var.changed ? 4 : 3
  datapoints_to_alarm       = var.changed ? 3 : 2
  threshold                 = var.changed ? 90 : 80
  comparison_operator       = var.changed ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold"
  treat_missing_data        = var.changed ? "ignore" : "notBreaching"
  actions_enabled           = !var.changed
  alarm_actions             = var.changed ? [] : [aws_sns_topic.alarms.arn]
  ok_actions                = var.changed ? [] : [aws_sns_topic.alarms.arn]
  insufficient_data_actions = var.changed ? [] : [aws_sns_topic.alarms.arn]
  tags                      = local.tags
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name                            = "latency"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  extended_statistic                    = var.changed ? "p95" : "p99"
  evaluate_low_sample_count_percentiles = var.changed ? "evaluate" : "ignore"
  period                                = 60
  evaluation_periods                    = 1
  threshold                             = 0.5
  comparison_operator                   = "GreaterThanThreshold"
}

resource "aws_cloudwatch_metric_alarm" "rate" {
  alarm_name          = "rate"
  evaluation_periods  = 1
  threshold           = 5
  comparison_operator = "GreaterThanThreshold"

  metric_query {
    id          = "rate"
    expression  = "100 * errors / requests"
    label       = var.changed ? "Second" : "First"
    return_data = true
  }

  metric_query {
    id = "errors"
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "HTTPCode_Target_5XX_Count"
      dimensions  = { LoadBalancer = "app/web/0123456789abcdef" }
      period      = 60
      stat        = "Sum"
      unit        = "Count"
    }
  }

  metric_query {
    id     = "requests"
    period = 60
    metric {
      namespace   = "AWS/ApplicationELB"
      metric_name = "RequestCount"
      period      = 60
      stat        = var.changed ? "SampleCount" : "Sum"
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "both" {
  alarm_name                = "both"
  alarm_description         = var.changed ? "second" : "first"
  alarm_rule                = "ALARM(${aws_cloudwatch_metric_alarm.cpu.alarm_name}) ${var.changed ? "OR" : "AND"} ALARM(${aws_cloudwatch_metric_alarm.latency.alarm_name})"
  actions_enabled           = true
  alarm_actions             = var.changed ? [] : [aws_sns_topic.alarms.arn]
  ok_actions                = var.changed ? [] : [aws_sns_topic.alarms.arn]
  insufficient_data_actions = var.changed ? [] : [aws_sns_topic.alarms.arn]
  tags                      = local.tags
  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.cpu.alarm_name
    extension_period = var.changed ? 20 : 10
    wait_period      = var.changed ? 40 : 30
  }
}

resource "aws_cloudwatch_dashboard" "lab" {
  dashboard_name = "lab"
  dashboard_body = jsonencode({
    widgets = [{
      type   = "metric"
      x      = 0
      y      = 0
      width  = 12
      height = 6
      properties = {
        metrics = [["AWS/ECS", "CPUUtilization", "ClusterName", "lab"]]
        region  = local.region
        title   = var.changed ? "second" : "first"
      }
    }]
  })
}
