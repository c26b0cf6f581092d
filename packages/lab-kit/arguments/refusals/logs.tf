resource "aws_cloudwatch_log_group" "refused" {
  name = "/refused"
}

resource "aws_cloudwatch_log_subscription_filter" "refused" {
  name            = "refused"
  log_group_name  = aws_cloudwatch_log_group.refused.name
  filter_pattern  = ""
  destination_arn = "arn:aws:lambda:${local.region}:${local.account}:function:forward"
}

resource "aws_cloudwatch_log_destination" "refused" {
  name       = "refused"
  role_arn   = "arn:aws:iam::${local.account}:role/destination"
  target_arn = "arn:aws:kinesis:${local.region}:${local.account}:stream/logs"
}

resource "aws_cloudwatch_log_data_protection_policy" "refused" {
  log_group_name  = aws_cloudwatch_log_group.refused.name
  policy_document = jsonencode({ Name = "mask", Version = "2021-06-01", Statement = [] })
}

resource "aws_cloudwatch_query_definition" "refused" {
  name         = "refused"
  query_string = "fields @timestamp"
}

resource "aws_cloudwatch_log_account_policy" "refused" {
  policy_name     = "refused"
  policy_type     = "DATA_PROTECTION_POLICY"
  policy_document = jsonencode({ Name = "mask", Version = "2021-06-01", Statement = [] })
}

resource "aws_cloudwatch_log_anomaly_detector" "refused" {
  detector_name      = "refused"
  log_group_arn_list = ["arn:aws:logs:${local.region}:${local.account}:log-group:/refused"]
  enabled            = true
}

resource "aws_cloudwatch_log_delivery_source" "refused" {
  name         = "refused"
  log_type     = "APPLICATION_LOGS"
  resource_arn = "arn:aws:bedrock:${local.region}:${local.account}:knowledge-base/a"
}

resource "aws_cloudwatch_log_delivery_destination" "refused" {
  name = "refused"
  delivery_destination_configuration {
    destination_resource_arn = "arn:aws:logs:${local.region}:${local.account}:log-group:/refused"
  }
}

resource "aws_cloudwatch_log_delivery_destination_policy" "refused" {
  delivery_destination_name   = "refused"
  delivery_destination_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_cloudwatch_log_delivery" "refused" {
  delivery_source_name     = "refused"
  delivery_destination_arn = "arn:aws:logs:${local.region}:${local.account}:delivery-destination:refused"
}

resource "aws_cloudwatch_log_destination_policy" "refused" {
  destination_name = "refused"
  access_policy    = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_cloudwatch_log_index_policy" "refused" {
  log_group_name  = aws_cloudwatch_log_group.refused.name
  policy_document = jsonencode({ Fields = ["eventName"] })
}
