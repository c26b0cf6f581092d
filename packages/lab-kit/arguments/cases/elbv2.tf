resource "aws_vpc" "elb" {
  cidr_block = "10.30.0.0/16"
  tags       = local.tags
}

resource "aws_subnet" "elb" {
  count             = 3
  vpc_id            = aws_vpc.elb.id
  cidr_block        = "10.30.${count.index}.0/24"
  availability_zone = "${local.region}${["a", "c", "d"][count.index]}"
  tags              = local.tags
}

resource "aws_internet_gateway" "elb" {
  vpc_id = aws_vpc.elb.id
  tags   = local.tags
}

resource "aws_security_group" "elb" {
  name   = "elb"
  vpc_id = aws_vpc.elb.id
  tags   = local.tags
}

resource "aws_s3_bucket" "elb" {
  bucket        = "elb-logs-workbook"
  force_destroy = true
  tags          = local.tags
}

resource "aws_lb" "application" {
  name                                        = "application"
  internal                                    = false
  load_balancer_type                          = "application"
  ip_address_type                             = "ipv4"
  security_groups                             = [aws_security_group.elb.id]
  subnets                                     = var.changed ? aws_subnet.elb[*].id : slice(aws_subnet.elb[*].id, 0, 2)
  client_keep_alive                           = var.changed ? 1800 : 3600
  desync_mitigation_mode                      = var.changed ? "strictest" : "defensive"
  drop_invalid_header_fields                  = var.changed
  enable_deletion_protection                  = false
  enable_http2                                = !var.changed
  enable_tls_version_and_cipher_suite_headers = var.changed
  enable_waf_fail_open                        = var.changed
  enable_xff_client_port                      = var.changed
  idle_timeout                                = var.changed ? 90 : 60
  preserve_host_header                        = var.changed
  xff_header_processing_mode                  = var.changed ? "preserve" : "append"
  tags                                        = local.tags
  access_logs {
    bucket  = aws_s3_bucket.elb.bucket
    prefix  = var.changed ? "second" : "first"
    enabled = false
  }
  connection_logs {
    bucket  = aws_s3_bucket.elb.bucket
    prefix  = var.changed ? "second" : "first"
    enabled = false
  }
  depends_on = [aws_internet_gateway.elb]
}

resource "aws_lb" "mapped" {
  name_prefix        = "map-"
  internal           = true
  enable_zonal_shift = var.changed
  subnet_mapping {
    subnet_id = aws_subnet.elb[0].id
  }
  subnet_mapping {
    subnet_id = aws_subnet.elb[1].id
  }
}

resource "aws_lb_target_group" "http" {
  name                              = "http"
  port                              = 80
  protocol                          = "HTTP"
  protocol_version                  = "HTTP1"
  vpc_id                            = aws_vpc.elb.id
  target_type                       = "ip"
  ip_address_type                   = "ipv4"
  deregistration_delay              = var.changed ? 30 : 60
  slow_start                        = var.changed ? 60 : 30
  load_balancing_algorithm_type     = "round_robin"
  load_balancing_cross_zone_enabled = var.changed ? "true" : "use_load_balancer_configuration"
  tags                              = local.tags
  health_check {
    enabled             = true
    healthy_threshold   = var.changed ? 4 : 3
    unhealthy_threshold = var.changed ? 4 : 3
    interval            = var.changed ? 20 : 15
    timeout             = var.changed ? 6 : 5
    matcher             = var.changed ? "200-299" : "200"
    path                = var.changed ? "/second" : "/first"
    port                = var.changed ? "8080" : "traffic-port"
    protocol            = "HTTP"
  }
  stickiness {
    type            = "app_cookie"
    cookie_name     = var.changed ? "second" : "first"
    cookie_duration = var.changed ? 600 : 300
    enabled         = var.changed
  }
  target_group_health {
    dns_failover {
      minimum_healthy_targets_count      = var.changed ? "2" : "1"
      minimum_healthy_targets_percentage = "off"
    }
    unhealthy_state_routing {
      minimum_healthy_targets_count      = var.changed ? 2 : 1
      minimum_healthy_targets_percentage = "off"
    }
  }
}

resource "aws_lb_target_group" "random" {
  name_prefix                       = "rnd-"
  port                              = 80
  protocol                          = "HTTP"
  vpc_id                            = aws_vpc.elb.id
  load_balancing_algorithm_type     = var.changed ? "round_robin" : "weighted_random"
  load_balancing_anomaly_mitigation = "off"
}

resource "aws_lb_target_group_attachment" "address" {
  target_group_arn = aws_lb_target_group.http.arn
  target_id        = "10.30.0.10"
  port             = 8080
}

# Outside of the VPC it has no zone of its own.
resource "aws_lb_target_group_attachment" "outside" {
  target_group_arn  = aws_lb_target_group.http.arn
  target_id         = "192.168.0.10"
  port              = 8080
  availability_zone = "all"
}

resource "aws_lb_listener" "http" {
  load_balancer_arn                    = aws_lb.application.arn
  port                                 = 80
  protocol                             = "HTTP"
  routing_http_response_server_enabled = var.changed
  tags                                 = local.tags
  default_action {
    type  = "forward"
    order = 1
    forward {
      target_group {
        arn    = aws_lb_target_group.http.arn
        weight = var.changed ? 20 : 10
      }
      target_group {
        arn    = aws_lb_target_group.random.arn
        weight = 1
      }
      stickiness {
        enabled  = true
        duration = var.changed ? 600 : 300
      }
    }
  }
}

resource "aws_lb_listener" "short" {
  load_balancer_arn = aws_lb.application.arn
  port              = 8082
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = var.changed ? aws_lb_target_group.random.arn : aws_lb_target_group.http.arn
  }
}

resource "aws_lb_listener" "redirect" {
  load_balancer_arn = aws_lb.application.arn
  port              = 8080
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      host        = var.changed ? "second.example.com" : "#{host}"
      path        = "/#{path}"
      port        = "443"
      protocol    = "HTTPS"
      query       = "#{query}"
      status_code = var.changed ? "HTTP_302" : "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "fixed" {
  load_balancer_arn                                                   = aws_lb.application.arn
  port                                                                = 8081
  protocol                                                            = "HTTP"
  routing_http_response_access_control_allow_credentials_header_value = "true"
  routing_http_response_access_control_allow_headers_header_value     = var.changed ? "X-Sort" : "X-Kind"
  routing_http_response_access_control_allow_methods_header_value     = var.changed ? "GET,PUT" : "GET"
  routing_http_response_access_control_allow_origin_header_value      = var.changed ? "https://second.example.com" : "https://first.example.com"
  routing_http_response_access_control_expose_headers_header_value    = var.changed ? "X-Sort" : "X-Kind"
  routing_http_response_access_control_max_age_header_value           = var.changed ? "600" : "300"
  routing_http_response_content_security_policy_header_value          = var.changed ? "default-src 'self'" : "default-src 'none'"
  routing_http_response_strict_transport_security_header_value        = var.changed ? "max-age=600" : "max-age=300"
  routing_http_response_x_content_type_options_header_value           = "nosniff"
  routing_http_response_x_frame_options_header_value                  = var.changed ? "SAMEORIGIN" : "DENY"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = var.changed ? "second" : "first"
      status_code  = var.changed ? "503" : "404"
    }
  }
}

resource "aws_lb_listener_rule" "forward" {
  listener_arn = aws_lb_listener.http.arn
  priority     = var.changed ? 20 : 10
  tags         = local.tags
  action {
    type             = "forward"
    order            = 1
    target_group_arn = var.changed ? aws_lb_target_group.random.arn : aws_lb_target_group.http.arn
  }
  condition {
    host_header {
      values = var.changed ? ["second.example.com"] : ["first.example.com"]
    }
  }
  condition {
    path_pattern {
      values = ["/a/*"]
    }
  }
  condition {
    http_header {
      http_header_name = "X-Kind"
      values           = ["a*"]
    }
  }
  condition {
    http_request_method {
      values = ["GET"]
    }
  }
}

resource "aws_lb_listener_rule" "weighted" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 30
  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.http.arn
        weight = var.changed ? 20 : 10
      }
      target_group {
        arn    = aws_lb_target_group.random.arn
        weight = 1
      }
      stickiness {
        enabled  = true
        duration = 300
      }
    }
  }
  condition {
    query_string {
      key   = "a"
      value = var.changed ? "2" : "1"
    }
  }
  condition {
    source_ip {
      values = ["192.0.2.0/24"]
    }
  }
}

resource "aws_lb_listener_rule" "redirect" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 40
  action {
    type = "redirect"
    redirect {
      host        = "#{host}"
      path        = var.changed ? "/second" : "/first"
      port        = "443"
      protocol    = "HTTPS"
      query       = "#{query}"
      status_code = "HTTP_301"
    }
  }
  condition {
    path_pattern {
      values = ["/old"]
    }
  }
}

resource "aws_lb_listener_rule" "fixed" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 50
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = var.changed ? "second" : "first"
      status_code  = "404"
    }
  }
  condition {
    path_pattern {
      values = ["/none"]
    }
  }
}

output "elbv2" {
  value = {
    # The provider reads an imported action back in its long form, and goes on to plan that away.
    ids = { "aws_lb_target_group_attachment.address" = null, "aws_lb_target_group_attachment.outside" = null, "aws_lb_listener_rule.forward" = null }
  }
}
