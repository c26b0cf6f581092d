resource "aws_cloudwatch_event_bus" "partner" {
  name              = "aws.partner/example.com/orders"
  event_source_name = "aws.partner/example.com/orders"
}

resource "aws_cloudwatch_event_bus" "key" {
  name               = "encrypted"
  kms_key_identifier = "alias/aws/events"
}

resource "aws_cloudwatch_event_rule" "refused" {
  name                = "refused"
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "appsync" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:appsync:${local.region}:${local.account}:endpoints/graphql-api/abcdefghij"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  appsync_target {
    graphql_operation = "mutation { add }"
  }
}

resource "aws_cloudwatch_event_target" "batch" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:batch:${local.region}:${local.account}:job-queue/nightly"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  batch_target {
    job_definition = "nightly"
    job_name       = "nightly"
    array_size     = 2
    job_attempts   = 2
  }
}

resource "aws_cloudwatch_event_target" "http" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:events:${local.region}:${local.account}:api-destination/orders/01234567-89ab-cdef-0123-456789abcdef"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  http_target {
    header_parameters       = { A = "b" }
    path_parameter_values   = ["a"]
    query_string_parameters = { a = "b" }
  }
}

resource "aws_cloudwatch_event_target" "kinesis" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:kinesis:${local.region}:${local.account}:stream/orders"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  kinesis_target {
    partition_key_path = "$.detail.id"
  }
}

resource "aws_cloudwatch_event_target" "redshift" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:redshift:${local.region}:${local.account}:cluster:orders"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  redshift_target {
    database            = "orders"
    db_user             = "events"
    secrets_manager_arn = "arn:aws:secretsmanager:${local.region}:${local.account}:secret:orders-abcdef"
    sql                 = "SELECT 1"
    statement_name      = "one"
    with_event          = true
  }
}

resource "aws_cloudwatch_event_target" "run_command" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:ssm:${local.region}::document/AWS-RunShellScript"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  run_command_targets {
    key    = "tag:Name"
    values = ["web"]
  }
}

resource "aws_cloudwatch_event_target" "sagemaker" {
  rule     = aws_cloudwatch_event_rule.refused.name
  arn      = "arn:aws:sagemaker:${local.region}:${local.account}:pipeline/orders"
  role_arn = "arn:aws:iam::${local.account}:role/events"
  sagemaker_pipeline_target {
    pipeline_parameter_list {
      name  = "a"
      value = "b"
    }
  }
}

resource "aws_cloudwatch_event_archive" "orders" {
  name             = "orders"
  event_source_arn = "arn:aws:events:${local.region}:${local.account}:event-bus/default"
}

resource "aws_cloudwatch_event_connection" "orders" {
  name               = "orders"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "x-key"
      value = "secret"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "orders" {
  name                = "orders"
  invocation_endpoint = "https://example.com/orders"
  http_method         = "POST"
  connection_arn      = "arn:aws:events:${local.region}:${local.account}:connection/orders/01234567-89ab-cdef-0123-456789abcdef"
}

resource "aws_cloudwatch_event_endpoint" "orders" {
  name = "orders"
  event_bus {
    event_bus_arn = "arn:aws:events:${local.region}:${local.account}:event-bus/default"
  }
  event_bus {
    event_bus_arn = "arn:aws:events:us-east-1:${local.account}:event-bus/default"
  }
  routing_config {
    failover_config {
      primary {
        health_check = "arn:aws:route53:::healthcheck/01234567-89ab-cdef-0123-456789abcdef"
      }
      secondary {
        route = "us-east-1"
      }
    }
  }
}
