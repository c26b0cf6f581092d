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
