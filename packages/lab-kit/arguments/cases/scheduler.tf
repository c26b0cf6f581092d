resource "aws_sqs_queue" "scheduler" {
  name = "scheduler"
  tags = local.tags
}

resource "aws_sqs_queue" "scheduler_ordered" {
  name       = "scheduler.fifo"
  fifo_queue = true
  tags       = local.tags
}

resource "aws_iam_role" "scheduler" {
  name = "scheduler"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "scheduler.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_scheduler_schedule_group" "batch" {
  name = "batch"
  tags = local.tags
}

resource "aws_scheduler_schedule_group" "prefixed" {
  name_prefix = "prefixed-"
  tags        = local.tags
}

resource "aws_scheduler_schedule" "queue" {
  name                         = "queue"
  group_name                   = aws_scheduler_schedule_group.batch.name
  description                  = var.changed ? "second" : "first"
  schedule_expression          = var.changed ? "cron(30 8 ? * MON-FRI *)" : "cron(30 7 ? * MON-FRI *)"
  schedule_expression_timezone = var.changed ? "Asia/Tokyo" : "Europe/Berlin"
  state                        = var.changed ? "DISABLED" : "ENABLED"
  start_date                   = var.changed ? "2099-02-01T00:00:00Z" : "2099-01-01T00:00:00Z"
  end_date                     = var.changed ? "2099-12-30T00:00:00Z" : "2099-12-31T00:00:00Z"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = var.changed ? 20 : 10
  }

  target {
    arn      = aws_sqs_queue.scheduler_ordered.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ report = var.changed ? "second" : "first" })

    sqs_parameters {
      message_group_id = var.changed ? "second" : "first"
    }

    dead_letter_config {
      arn = aws_sqs_queue.scheduler.arn
    }

    retry_policy {
      maximum_event_age_in_seconds = var.changed ? 900 : 600
      maximum_retry_attempts       = var.changed ? 3 : 2
    }
  }
}

resource "aws_ecs_cluster" "scheduler" {
  name = "scheduler"
  tags = local.tags
}

resource "aws_ecs_task_definition" "scheduler" {
  family                   = "scheduler"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = "main", image = "nginx", essential = true }])
  tags                     = local.tags
}

resource "aws_scheduler_schedule" "task" {
  name_prefix         = "task-"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_ecs_cluster.scheduler.arn
    role_arn = aws_iam_role.scheduler.arn
    ecs_parameters {
      task_definition_arn     = aws_ecs_task_definition.scheduler.arn
      task_count              = var.changed ? 2 : 1
      launch_type             = "FARGATE"
      platform_version        = "1.4.0"
      group                   = var.changed ? "second" : "first"
      enable_ecs_managed_tags = var.changed
      enable_execute_command  = var.changed
      propagate_tags          = "TASK_DEFINITION"
      tags                    = local.tags
      network_configuration {
        subnets          = ["subnet-0123456789abcdef0"]
        security_groups  = ["sg-0123456789abcdef0"]
        assign_public_ip = var.changed
      }
    }
  }
}

resource "aws_scheduler_schedule" "hosts" {
  name                = "hosts"
  schedule_expression = "rate(1 day)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_ecs_cluster.scheduler.arn
    role_arn = aws_iam_role.scheduler.arn
    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.scheduler.arn
      capacity_provider_strategy {
        capacity_provider = "FARGATE"
        base              = 1
        weight            = var.changed ? 2 : 1
      }
      placement_strategy {
        type  = "spread"
        field = var.changed ? "instanceId" : "attribute:ecs.availability-zone"
      }
      placement_constraints {
        type       = "memberOf"
        expression = "attribute:ecs.os-type == linux"
      }
    }
  }
}

resource "aws_cloudwatch_event_bus" "scheduler" {
  name = "scheduler"
  tags = local.tags
}

resource "aws_scheduler_schedule" "bus" {
  name                = "bus"
  schedule_expression = "at(2099-01-01T00:00:00)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_cloudwatch_event_bus.scheduler.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({})
    eventbridge_parameters {
      detail_type = var.changed ? "second" : "first"
      source      = "shop"
    }
  }
}

output "scheduler" {
  value = {
    ids = {
      "aws_ecs_task_definition.scheduler" = aws_ecs_task_definition.scheduler.arn
      "aws_ecs_cluster.scheduler"         = "scheduler"
    }
  }
}
