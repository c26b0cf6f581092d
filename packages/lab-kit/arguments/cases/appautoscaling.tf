resource "aws_ecs_cluster" "scaled" {
  name = "scaled"
  tags = local.tags
}

resource "aws_ecs_task_definition" "scaled" {
  family                = "scaled"
  container_definitions = jsonencode([{ name = "main", image = "nginx", memory = 128, essential = true }])
  tags                  = local.tags
}

resource "aws_ecs_service" "scaled" {
  name            = "scaled"
  cluster         = aws_ecs_cluster.scaled.id
  task_definition = aws_ecs_task_definition.scaled.arn
  desired_count   = 0
  tags            = local.tags
  lifecycle {
    ignore_changes = [desired_count]
  }
}

resource "aws_appautoscaling_target" "web" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.scaled.name}/${aws_ecs_service.scaled.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  # ECS has a role of its own for this, and takes no other.
  role_arn     = "arn:aws:iam::${local.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
  min_capacity = 0
  max_capacity = var.changed ? 5 : 4
  tags         = local.tags
  suspended_state {
    dynamic_scaling_in_suspended  = var.changed
    dynamic_scaling_out_suspended = var.changed
    scheduled_scaling_suspended   = var.changed
  }
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value       = var.changed ? 60 : 50
    disable_scale_in   = var.changed
    scale_in_cooldown  = var.changed ? 90 : 60
    scale_out_cooldown = var.changed ? 45 : 30
    predefined_metric_specification {
      predefined_metric_type = var.changed ? "ECSServiceAverageMemoryUtilization" : "ECSServiceAverageCPUUtilization"
    }
  }
}

resource "aws_appautoscaling_policy" "requests" {
  name               = "requests"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = var.changed ? 200 : 100
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "app/web/0123456789abcdef/targetgroup/web/0123456789abcdef"
    }
  }
}

resource "aws_appautoscaling_policy" "queue" {
  name               = "queue"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 10
    customized_metric_specification {
      namespace   = "app"
      metric_name = var.changed ? "second" : "first"
      statistic   = "Maximum"
      unit        = "Count"
      dimensions {
        name  = "Queue"
        value = "orders"
      }
    }
  }
}

resource "aws_appautoscaling_policy" "math" {
  name               = "math"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 10
    customized_metric_specification {
      metrics {
        id          = "perTask"
        label       = var.changed ? "Second" : "First"
        expression  = "waiting / 2"
        return_data = true
      }
      metrics {
        id          = "waiting"
        return_data = false
        metric_stat {
          stat = "Sum"
          unit = "Count"
          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"
            dimensions {
              name  = "QueueName"
              value = "orders"
            }
          }
        }
      }
    }
  }
}

resource "aws_appautoscaling_policy" "steps" {
  name               = "steps"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  step_scaling_policy_configuration {
    adjustment_type          = "PercentChangeInCapacity"
    cooldown                 = var.changed ? 90 : 60
    metric_aggregation_type  = var.changed ? "Average" : "Maximum"
    min_adjustment_magnitude = var.changed ? 3 : 2
    step_adjustment {
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = 10
      scaling_adjustment          = 10
    }
    step_adjustment {
      metric_interval_lower_bound = 10
      scaling_adjustment          = var.changed ? 60 : 50
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "night" {
  name               = "night"
  service_namespace  = aws_appautoscaling_target.web.service_namespace
  resource_id        = aws_appautoscaling_target.web.resource_id
  scalable_dimension = aws_appautoscaling_target.web.scalable_dimension
  schedule           = var.changed ? "cron(0 23 ? * MON-FRI *)" : "cron(0 22 ? * MON-FRI *)"
  timezone           = var.changed ? "Asia/Tokyo" : "Europe/Berlin"
  start_time         = var.changed ? "2099-02-01T00:00:00Z" : "2099-01-01T00:00:00Z"
  end_time           = var.changed ? "2099-12-30T00:00:00Z" : "2099-12-31T00:00:00Z"
  scalable_target_action {
    min_capacity = 0
    max_capacity = var.changed ? 4 : 3
  }
}

output "appautoscaling" {
  value = {
    ids = merge({
      "aws_appautoscaling_target.web"             = "ecs/service/scaled/scaled/ecs:service:DesiredCount"
      "aws_appautoscaling_scheduled_action.night" = null
      "aws_ecs_service.scaled"                    = "scaled/scaled"
      "aws_ecs_task_definition.scaled"            = aws_ecs_task_definition.scaled.arn
      "aws_ecs_cluster.scaled"                    = "scaled"
      }, { for name in ["cpu", "requests", "queue", "math", "steps"] :
    "aws_appautoscaling_policy.${name}" => "ecs/service/scaled/scaled/ecs:service:DesiredCount/${name}" })
  }
}
