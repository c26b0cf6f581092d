resource "aws_sqs_queue" "events" {
  name = "events"
  tags = local.tags
}

resource "aws_sqs_queue" "events_ordered" {
  name       = "events.fifo"
  fifo_queue = true
  tags       = local.tags
}

resource "aws_iam_role" "events" {
  name = "events"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_cloudwatch_event_bus" "orders" {
  name        = "orders"
  description = var.changed ? "second" : "first"
  tags        = local.tags
  dead_letter_config {
    arn = aws_sqs_queue.events.arn
  }
}

resource "aws_cloudwatch_event_bus" "invoices" {
  name = "invoices"
  tags = local.tags
}

resource "aws_cloudwatch_event_bus_policy" "orders" {
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = var.changed ? "Second" : "First"
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.events.arn }
      Action    = "events:PutEvents"
      Resource  = aws_cloudwatch_event_bus.orders.arn
    }]
  })
}

resource "aws_cloudwatch_event_permission" "invoices" {
  event_bus_name = aws_cloudwatch_event_bus.invoices.name
  principal      = "*"
  statement_id   = "Organization"
  action         = "events:PutEvents"
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = var.changed ? "o-abcdefghij" : "o-0123456789"
  }
}

resource "aws_cloudwatch_event_rule" "placed" {
  name           = "placed"
  description    = var.changed ? "second" : "first"
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  role_arn       = aws_iam_role.events.arn
  state          = var.changed ? "DISABLED" : "ENABLED"
  force_destroy  = var.changed
  event_pattern = jsonencode({
    source = ["shop"]
    detail = { amount = [{ numeric = [">", var.changed ? 20 : 10] }] }
  })
  tags = local.tags
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name_prefix         = "nightly-"
  schedule_expression = var.changed ? "rate(2 hours)" : "rate(1 hour)"
  is_enabled          = !var.changed
}

resource "aws_cloudwatch_event_target" "transformed" {
  rule           = aws_cloudwatch_event_rule.placed.name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  target_id      = "transformed"
  arn            = aws_sqs_queue.events.arn
  force_destroy  = var.changed

  input_transformer {
    input_paths    = { amount = "$.detail.amount" }
    input_template = "{\"amount\": <amount>, \"limit\": ${var.changed ? 20 : 10}}"
  }

  retry_policy {
    maximum_event_age_in_seconds = var.changed ? 7200 : 3600
    maximum_retry_attempts       = var.changed ? 4 : 3
  }

  dead_letter_config {
    arn = aws_sqs_queue.events.arn
  }
}

resource "aws_cloudwatch_event_target" "input" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "input"
  arn       = aws_sqs_queue.events.arn
  input     = jsonencode({ report = var.changed ? "second" : "first" })
}

resource "aws_cloudwatch_event_target" "path" {
  rule       = aws_cloudwatch_event_rule.nightly.name
  target_id  = "path"
  arn        = aws_sqs_queue.events_ordered.arn
  input_path = var.changed ? "$.time" : "$.detail"
  sqs_target {
    message_group_id = var.changed ? "second" : "first"
  }
}

resource "aws_cloudwatch_event_target" "bus" {
  rule           = aws_cloudwatch_event_rule.placed.name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  target_id      = "bus"
  arn            = aws_cloudwatch_event_bus.invoices.arn
  role_arn       = aws_iam_role.events.arn
}

resource "aws_ecs_cluster" "events" {
  name = "events"
  tags = local.tags
}

resource "aws_ecs_task_definition" "events" {
  family                   = "events"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  container_definitions    = jsonencode([{ name = "main", image = "nginx", essential = true }])
  tags                     = local.tags
}

resource "aws_cloudwatch_event_target" "task" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "task"
  arn       = aws_ecs_cluster.events.arn
  role_arn  = aws_iam_role.events.arn
  ecs_target {
    task_definition_arn     = aws_ecs_task_definition.events.arn
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

resource "aws_cloudwatch_event_target" "hosts" {
  rule      = aws_cloudwatch_event_rule.nightly.name
  target_id = "hosts"
  arn       = aws_ecs_cluster.events.arn
  role_arn  = aws_iam_role.events.arn
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.events.arn
    capacity_provider_strategy {
      capacity_provider = "FARGATE"
      base              = 1
      weight            = var.changed ? 2 : 1
    }
    ordered_placement_strategy {
      type  = "spread"
      field = var.changed ? "instanceId" : "attribute:ecs.availability-zone"
    }
    placement_constraint {
      type       = "memberOf"
      expression = "attribute:ecs.os-type == linux"
    }
  }
}

output "events" {
  value = {
    ids = merge(
      { for name in ["transformed", "bus"] : "aws_cloudwatch_event_target.${name}" => "orders/placed/${name}" },
      { for name in ["input", "path", "task", "hosts"] :
      "aws_cloudwatch_event_target.${name}" => "${aws_cloudwatch_event_rule.nightly.name}/${name}" },
      { "aws_ecs_task_definition.events" = aws_ecs_task_definition.events.arn, "aws_ecs_cluster.events" = "events" },
    )
  }
}
