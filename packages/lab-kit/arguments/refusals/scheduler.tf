resource "aws_sqs_queue" "scheduler" {
  name = "scheduler"
}

resource "aws_iam_role" "scheduler" {
  name = "scheduler"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_scheduler_schedule" "key" {
  name                = "key"
  schedule_expression = "rate(1 day)"
  kms_key_arn         = "arn:aws:kms:${local.region}:${local.account}:key/01234567-89ab-cdef-0123-456789abcdef"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.scheduler.arn
    role_arn = aws_iam_role.scheduler.arn
  }
}

resource "aws_scheduler_schedule" "reference" {
  name                = "reference"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:ecs:${local.region}:${local.account}:cluster/web"
    role_arn = aws_iam_role.scheduler.arn
    ecs_parameters {
      task_definition_arn = "arn:aws:ecs:${local.region}:${local.account}:task-definition/web"
      reference_id        = "web"
    }
  }
}

resource "aws_scheduler_schedule" "kinesis" {
  name                = "kinesis"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:kinesis:${local.region}:${local.account}:stream/orders"
    role_arn = aws_iam_role.scheduler.arn
    kinesis_parameters {
      partition_key = "a"
    }
  }
}

resource "aws_scheduler_schedule" "sagemaker" {
  name                = "sagemaker"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = "arn:aws:sagemaker:${local.region}:${local.account}:pipeline/orders"
    role_arn = aws_iam_role.scheduler.arn
    sagemaker_pipeline_parameters {
      pipeline_parameter {
        name  = "a"
        value = "b"
      }
    }
  }
}
