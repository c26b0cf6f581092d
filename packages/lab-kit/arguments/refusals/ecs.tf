resource "aws_ecs_cluster" "exec_key" {
  name = "exec-key"
  configuration {
    execute_command_configuration {
      kms_key_id = "arn:aws:kms:${local.region}:${local.account}:key/01234567-89ab-cdef-0123-456789abcdef"
      logging    = "DEFAULT"
    }
  }
}

resource "aws_ecs_cluster" "refused" {
  name = "refused"
}

resource "aws_ecs_task_definition" "refused" {
  family                = "refused"
  container_definitions = jsonencode([{ name = "web", image = "nginx", memory = 128, essential = true, portMappings = [{ name = "web", containerPort = 80 }] }])
}

resource "aws_ecs_task_definition" "accelerated" {
  family                = "accelerated"
  container_definitions = jsonencode([{ name = "web", image = "nginx", memory = 128, essential = true }])
  inference_accelerator {
    device_name = "device_1"
    device_type = "eia1.medium"
  }
}

resource "aws_ecs_service" "connect" {
  name            = "connect"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  service_connect_configuration {
    enabled   = true
    namespace = "arn:aws:servicediscovery:${local.region}:${local.account}:namespace/ns-0123456789abcdef"
    log_configuration {
      log_driver = "awslogs"
      options    = { awslogs-group = "/connect" }
      secret_option {
        name       = "a"
        value_from = "arn:aws:ssm:${local.region}:${local.account}:parameter/a"
      }
    }
    service {
      port_name             = "web"
      discovery_name        = "web"
      ingress_port_override = 8080
      client_alias {
        dns_name = "web"
        port     = 80
      }
      timeout {
        idle_timeout_seconds        = 60
        per_request_timeout_seconds = 60
      }
      tls {
        kms_key  = "alias/aws/ecs"
        role_arn = "arn:aws:iam::${local.account}:role/tls"
        issuer_cert_authority {
          aws_pca_authority_arn = "arn:aws:acm-pca:${local.region}:${local.account}:certificate-authority/01234567-89ab-cdef-0123-456789abcdef"
        }
      }
    }
  }
}

resource "aws_ecs_service" "registry" {
  name            = "registry"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  service_registries {
    registry_arn   = "arn:aws:servicediscovery:${local.region}:${local.account}:service/srv-0123456789abcdef"
    container_name = "web"
    container_port = 80
    port           = 80
  }
}

resource "aws_ecs_service" "volume" {
  name            = "volume"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  volume_configuration {
    name = "disk"
    managed_ebs_volume {
      role_arn                   = "arn:aws:iam::${local.account}:role/volumes"
      encrypted                  = true
      file_system_type           = "ext4"
      iops                       = 3000
      kms_key_id                 = "alias/aws/ebs"
      size_in_gb                 = 10
      snapshot_id                = "snap-0123456789abcdef0"
      throughput                 = 125
      volume_type                = "gp3"
      volume_initialization_rate = 100
      tag_specifications {
        resource_type  = "volume"
        propagate_tags = "SERVICE"
        tags           = { a = "b" }
      }
    }
  }
}

resource "aws_ecs_service" "lattice" {
  name            = "lattice"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  vpc_lattice_configurations {
    role_arn         = "arn:aws:iam::${local.account}:role/lattice"
    target_group_arn = "arn:aws:vpc-lattice:${local.region}:${local.account}:targetgroup/tg-0123456789abcdef0"
    port_name        = "web"
  }
}

resource "aws_ecs_service" "classic" {
  name            = "classic"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  load_balancer {
    elb_name       = "classic"
    container_name = "web"
    container_port = 80
  }
}

resource "aws_ecs_service" "role" {
  name            = "role"
  cluster         = aws_ecs_cluster.refused.id
  task_definition = aws_ecs_task_definition.refused.arn
  iam_role        = "arn:aws:iam::${local.account}:role/balancing"
}
