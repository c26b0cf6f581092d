resource "aws_vpc" "ecs" {
  cidr_block = "10.40.0.0/16"
  tags       = local.tags
}

resource "aws_subnet" "ecs" {
  count             = 2
  vpc_id            = aws_vpc.ecs.id
  cidr_block        = "10.40.${count.index}.0/24"
  availability_zone = "${local.region}${["a", "c"][count.index]}"
  tags              = local.tags
}

resource "aws_security_group" "ecs" {
  name   = "ecs"
  vpc_id = aws_vpc.ecs.id
  tags   = local.tags
}

resource "aws_iam_role" "ecs" {
  name = "ecs-tasks"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_cloudwatch_log_group" "ecs" {
  name = "/ecs/exec"
  tags = local.tags
}

resource "aws_s3_bucket" "ecs" {
  bucket        = "ecs-exec-workbook"
  force_destroy = true
  tags          = local.tags
}

resource "aws_ecs_cluster" "full" {
  name = "full"
  tags = local.tags
  configuration {
    execute_command_configuration {
      logging = "OVERRIDE"
      log_configuration {
        cloud_watch_encryption_enabled = var.changed
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.ecs.name
        s3_bucket_encryption_enabled   = var.changed
        s3_bucket_name                 = aws_s3_bucket.ecs.bucket
        s3_key_prefix                  = var.changed ? "second" : "first"
      }
    }
  }
  setting {
    name  = "containerInsights"
    value = var.changed ? "enabled" : "disabled"
  }
}

resource "aws_kms_key" "ecs" {
  deletion_window_in_days = 7
  tags                    = local.tags
}

resource "aws_ecs_cluster" "storage" {
  name = "storage"
  service_connect_defaults {
    namespace = "arn:aws:servicediscovery:${local.region}:${local.account}:namespace/ns-0123456789abcdef"
  }
  configuration {
    managed_storage_configuration {
      kms_key_id                           = aws_kms_key.ecs.arn
      fargate_ephemeral_storage_kms_key_id = aws_kms_key.ecs.arn
    }
  }
  tags = local.tags
}

resource "aws_ecs_cluster_capacity_providers" "full" {
  cluster_name       = aws_ecs_cluster.full.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = var.changed ? 20 : 10
  }
}

resource "aws_ecs_task_definition" "full" {
  family                   = "full"
  cpu                      = "256"
  memory                   = "512"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = aws_iam_role.ecs.arn
  task_role_arn            = aws_iam_role.ecs.arn
  pid_mode                 = "task"
  track_latest             = var.changed
  skip_destroy             = false
  tags                     = local.tags
  container_definitions = jsonencode([{
    name         = "web"
    image        = "nginx"
    essential    = true
    portMappings = [{ name = "web", containerPort = 80, protocol = "tcp" }]
  }])
  ephemeral_storage {
    size_in_gib = 30
  }
  runtime_platform {
    cpu_architecture        = "X86_64"
    operating_system_family = "LINUX"
  }
  volume {
    name = "scratch"
  }
}

resource "aws_ecs_task_definition" "hosts" {
  family                   = "hosts"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  ipc_mode                 = "task"
  container_definitions    = jsonencode([{ name = "web", image = "nginx", memory = 128, essential = true }])
  tags                     = local.tags
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }
  volume {
    name      = "host"
    host_path = "/var/data"
  }
  volume {
    name = "docker"
    docker_volume_configuration {
      scope         = "shared"
      autoprovision = true
      driver        = "local"
      driver_opts   = { type = "nfs" }
      labels        = { a = "b" }
    }
  }
  volume {
    name = "files"
    efs_volume_configuration {
      file_system_id          = "fs-0123456789abcdef0"
      transit_encryption      = "ENABLED"
      transit_encryption_port = 2999
      authorization_config {
        access_point_id = "fsap-0123456789abcdef0"
        iam             = "ENABLED"
      }
    }
  }
  volume {
    name = "windows"
    fsx_windows_file_server_volume_configuration {
      file_system_id = "fs-0123456789abcdef1"
      root_directory = "share"
      authorization_config {
        credentials_parameter = "arn:aws:ssm:${local.region}:${local.account}:parameter/windows"
        domain                = "example.internal"
      }
    }
  }
  volume {
    name = "directory"
    efs_volume_configuration {
      file_system_id = "fs-0123456789abcdef0"
      root_directory = "/data"
    }
  }
}

resource "aws_ecs_task_definition" "proxy" {
  family                   = "proxy"
  cpu                      = 256
  memory                   = 512
  network_mode             = "awsvpc"
  requires_compatibilities = ["EC2"]
  enable_fault_injection   = true
  tags                     = local.tags
  container_definitions = jsonencode([
    { name = "web", image = "nginx", essential = true },
    { name = "envoy", image = "envoy", essential = true },
  ])
  proxy_configuration {
    type           = "APPMESH"
    container_name = "envoy"
    properties     = { AppPorts = "8080", ProxyIngressPort = "15000", ProxyEgressPort = "15001", EgressIgnoredIPs = "169.254.170.2", IgnoredUID = "1337" }
  }
  volume {
    name                = "disk"
    configure_at_launch = true
  }
}

resource "aws_lb" "ecs" {
  name_prefix = "ecs-"
  internal    = true
  subnets     = aws_subnet.ecs[*].id
  tags        = local.tags
}

resource "aws_lb_target_group" "ecs" {
  name        = "ecs"
  port        = 80
  protocol    = "HTTP"
  vpc_id      = aws_vpc.ecs.id
  target_type = "ip"
  tags        = local.tags
}

resource "aws_lb_listener" "ecs" {
  load_balancer_arn = aws_lb.ecs.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.ecs.arn
  }
}

resource "aws_cloudwatch_metric_alarm" "ecs" {
  alarm_name          = "ecs-errors"
  namespace           = "App"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanThreshold"
  tags                = local.tags
}

resource "aws_ecs_service" "balanced" {
  name                              = "balanced"
  cluster                           = aws_ecs_cluster.full.id
  task_definition                   = aws_ecs_task_definition.full.arn
  desired_count                     = 0
  launch_type                       = "FARGATE"
  health_check_grace_period_seconds = var.changed ? 60 : 30
  alarms {
    alarm_names = [aws_cloudwatch_metric_alarm.ecs.alarm_name]
    enable      = var.changed
    rollback    = var.changed
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.ecs.arn
    container_name   = "web"
    container_port   = 80
  }
  network_configuration {
    subnets = aws_subnet.ecs[*].id
  }
  depends_on = [aws_lb_listener.ecs]
}

resource "aws_ecs_service" "fargate" {
  name                               = "fargate"
  cluster                            = aws_ecs_cluster.full.id
  task_definition                    = aws_ecs_task_definition.full.arn
  desired_count                      = 0
  launch_type                        = "FARGATE"
  platform_version                   = "1.4.0"
  scheduling_strategy                = "REPLICA"
  availability_zone_rebalancing      = var.changed ? "DISABLED" : "ENABLED"
  deployment_maximum_percent         = var.changed ? 150 : 200
  deployment_minimum_healthy_percent = var.changed ? 50 : 100
  enable_ecs_managed_tags            = var.changed
  enable_execute_command             = var.changed
  force_delete                       = var.changed
  force_new_deployment               = var.changed
  propagate_tags                     = var.changed ? "TASK_DEFINITION" : "SERVICE"
  wait_for_steady_state              = false
  triggers                           = { redeploy = var.changed ? "second" : "first" }
  tags                               = local.tags
  deployment_circuit_breaker {
    enable   = true
    rollback = var.changed
  }
  deployment_controller {
    type = "ECS"
  }
  network_configuration {
    subnets          = var.changed ? aws_subnet.ecs[*].id : [aws_subnet.ecs[0].id]
    security_groups  = [aws_security_group.ecs.id]
    assign_public_ip = var.changed
  }
}

resource "aws_ecs_service" "strategy" {
  name            = "strategy"
  cluster         = aws_ecs_cluster.full.id
  task_definition = aws_ecs_task_definition.full.arn
  desired_count   = 0
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 1
    weight            = 10
  }
  network_configuration {
    subnets = [aws_subnet.ecs[0].id]
  }
  depends_on = [aws_ecs_cluster_capacity_providers.full]
}

resource "aws_ecs_service" "hosts" {
  name            = "hosts"
  cluster         = aws_ecs_cluster.full.id
  task_definition = aws_ecs_task_definition.hosts.arn
  desired_count   = 0
  launch_type     = "EC2"
  ordered_placement_strategy {
    type  = "spread"
    field = var.changed ? "instanceId" : "attribute:ecs.availability-zone"
  }
  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.os-type == linux"
  }
}

resource "aws_ecs_tag" "cluster" {
  resource_arn = aws_ecs_cluster.bare.arn
  key          = "Extra"
  value        = var.changed ? "second" : "first"
}

resource "aws_ecs_cluster" "bare" {
  name = "bare"
  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_ecs_account_setting_default" "insights" {
  name  = "containerInsights"
  value = var.changed ? "enabled" : "disabled"
}

output "ecs" {
  value = {
    ids = {
      "aws_ecs_cluster.full"                     = "full"
      "aws_ecs_cluster.storage"                  = "storage"
      "aws_ecs_task_definition.proxy"            = aws_ecs_task_definition.proxy.arn
      "aws_ecs_service.balanced"                 = "full/balanced"
      "aws_ecs_cluster.bare"                     = "bare"
      "aws_ecs_task_definition.full"             = aws_ecs_task_definition.full.arn
      "aws_ecs_task_definition.hosts"            = aws_ecs_task_definition.hosts.arn
      "aws_ecs_service.fargate"                  = "full/fargate"
      "aws_ecs_service.strategy"                 = "full/strategy"
      "aws_ecs_service.hosts"                    = "full/hosts"
      "aws_ecs_account_setting_default.insights" = "containerInsights"
    }
  }
}
