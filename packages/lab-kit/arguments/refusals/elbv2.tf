resource "aws_vpc" "elb" {
  cidr_block = "10.31.0.0/16"
}

resource "aws_subnet" "elb" {
  vpc_id     = aws_vpc.elb.id
  cidr_block = "10.31.0.0/24"
}

resource "aws_lb" "network" {
  name_prefix                      = "net-"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = [aws_subnet.elb.id]
  enable_cross_zone_load_balancing = true
}

resource "aws_lb_target_group" "tcp" {
  name                   = "tcp"
  port                   = 80
  protocol               = "TCP"
  vpc_id                 = aws_vpc.elb.id
  target_type            = "ip"
  connection_termination = true
  preserve_client_ip     = true
  proxy_protocol_v2      = true
  target_health_state {
    enable_unhealthy_connection_termination = false
    unhealthy_draining_interval             = 60
  }
}

resource "aws_lb" "mapped" {
  name_prefix                                                  = "map-"
  internal                                                     = true
  load_balancer_type                                           = "network"
  dns_record_client_routing_policy                             = "availability_zone_affinity"
  enforce_security_group_inbound_rules_on_private_link_traffic = "on"
  security_groups                                              = [aws_security_group.elb.id]
  subnet_mapping {
    subnet_id            = aws_subnet.elb.id
    private_ipv4_address = "10.31.0.20"
  }
  subnet_mapping {
    subnet_id     = aws_subnet.elb_second.id
    allocation_id = "eipalloc-0123456789abcdef0"
    ipv6_address  = "2001:db8::20"
  }
}

resource "aws_security_group" "elb" {
  vpc_id = aws_vpc.elb.id
}

resource "aws_subnet" "elb_second" {
  vpc_id            = aws_vpc.elb.id
  cidr_block        = "10.31.1.0/24"
  availability_zone = "${local.region}c"
}

resource "aws_lb" "outpost" {
  name_prefix              = "out-"
  internal                 = true
  subnets                  = [aws_subnet.elb.id]
  customer_owned_ipv4_pool = "ipv4pool-coip-0123456789abcdef0"
}

resource "aws_lb" "pooled" {
  name_prefix = "ipam-"
  subnets     = [aws_subnet.elb.id, aws_subnet.elb_second.id]
  ipam_pools {
    ipv4_ipam_pool_id = "ipam-pool-0123456789abcdef0"
  }
}

resource "aws_internet_gateway" "elb" {
  vpc_id = aws_vpc.elb.id
}

resource "aws_lb" "plain" {
  name_prefix = "http-"
  internal    = true
  subnets     = [aws_subnet.elb.id, aws_subnet.elb_second.id]
}

resource "aws_lb" "reserved" {
  name_prefix = "cap-"
  internal    = true
  subnets     = [aws_subnet.elb.id, aws_subnet.elb_second.id]
  minimum_load_balancer_capacity {
    capacity_units = 100
  }
}

resource "aws_lb_listener" "secure" {
  load_balancer_arn                                                     = aws_lb.plain.arn
  port                                                                  = 443
  protocol                                                              = "HTTPS"
  certificate_arn                                                       = "arn:aws:acm:${local.region}:${local.account}:certificate/01234567-89ab-cdef-0123-456789abcdef"
  alpn_policy                                                           = "HTTP2Preferred"
  tcp_idle_timeout_seconds                                              = 120
  ssl_policy                                                            = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  routing_http_request_x_amzn_mtls_clientcert_header_name               = "X-Cert"
  routing_http_request_x_amzn_mtls_clientcert_issuer_header_name        = "X-Cert-Issuer"
  routing_http_request_x_amzn_mtls_clientcert_leaf_header_name          = "X-Cert-Leaf"
  routing_http_request_x_amzn_mtls_clientcert_serial_number_header_name = "X-Cert-Serial"
  routing_http_request_x_amzn_mtls_clientcert_subject_header_name       = "X-Cert-Subject"
  routing_http_request_x_amzn_mtls_clientcert_validity_header_name      = "X-Cert-Validity"
  routing_http_request_x_amzn_tls_cipher_suite_header_name              = "X-Cipher"
  routing_http_request_x_amzn_tls_version_header_name                   = "X-Tls"
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "a"
      status_code  = "404"
    }
  }
  mutual_authentication {
    mode                             = "verify"
    trust_store_arn                  = "arn:aws:elasticloadbalancing:${local.region}:${local.account}:truststore/a/0123456789abcdef"
    ignore_client_certificate_expiry = false
    advertise_trust_store_ca_names   = "on"
  }
}

resource "aws_lb_target_group" "plain" {
  name     = "plain"
  port     = 80
  protocol = "HTTP"
  vpc_id   = aws_vpc.elb.id
}

resource "aws_lb_target_group" "function" {
  name                               = "function"
  target_type                        = "lambda"
  lambda_multi_value_headers_enabled = true
}

resource "aws_lb_target_group" "gateway" {
  name     = "gateway"
  port     = 6081
  protocol = "GENEVE"
  vpc_id   = aws_vpc.elb.id
  target_failover {
    on_deregistration = "rebalance"
    on_unhealthy      = "rebalance"
  }
}

resource "aws_lb_listener" "cognito" {
  load_balancer_arn = aws_lb.plain.arn
  port              = 8081
  protocol          = "HTTP"
  default_action {
    type  = "authenticate-cognito"
    order = 1
    authenticate_cognito {
      user_pool_arn                       = "arn:aws:cognito-idp:${local.region}:${local.account}:userpool/a"
      user_pool_client_id                 = "client"
      user_pool_domain                    = "a"
      authentication_request_extra_params = { a = "b" }
      on_unauthenticated_request          = "deny"
      scope                               = "openid"
      session_cookie_name                 = "a"
      session_timeout                     = 3600
    }
  }
  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.plain.arn
  }
}

resource "aws_lb_listener" "oidc" {
  load_balancer_arn = aws_lb.plain.arn
  port              = 8082
  protocol          = "HTTP"
  default_action {
    type  = "authenticate-oidc"
    order = 1
    authenticate_oidc {
      issuer                              = "https://example.com"
      authorization_endpoint              = "https://example.com/authorize"
      token_endpoint                      = "https://example.com/token"
      user_info_endpoint                  = "https://example.com/userinfo"
      client_id                           = "client"
      client_secret                       = "secret"
      authentication_request_extra_params = { a = "b" }
      on_unauthenticated_request          = "deny"
      scope                               = "openid"
      session_cookie_name                 = "a"
      session_timeout                     = 3600
    }
  }
  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.plain.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.plain.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.plain.arn
  }
}

resource "aws_lb_listener_rule" "cognito" {
  listener_arn = aws_lb_listener.http.arn
  action {
    type  = "authenticate-cognito"
    order = 1
    authenticate_cognito {
      user_pool_arn                       = "arn:aws:cognito-idp:${local.region}:${local.account}:userpool/a"
      user_pool_client_id                 = "client"
      user_pool_domain                    = "a"
      authentication_request_extra_params = { a = "b" }
      on_unauthenticated_request          = "deny"
      scope                               = "openid"
      session_cookie_name                 = "a"
      session_timeout                     = 3600
    }
  }
  action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.plain.arn
  }
  condition {
    path_pattern {
      values = ["/a"]
    }
  }
}

resource "aws_lb_listener_rule" "oidc" {
  listener_arn = aws_lb_listener.http.arn
  action {
    type  = "authenticate-oidc"
    order = 1
    authenticate_oidc {
      issuer                              = "https://example.com"
      authorization_endpoint              = "https://example.com/authorize"
      token_endpoint                      = "https://example.com/token"
      user_info_endpoint                  = "https://example.com/userinfo"
      client_id                           = "client"
      client_secret                       = "secret"
      authentication_request_extra_params = { a = "b" }
      on_unauthenticated_request          = "deny"
      scope                               = "openid"
      session_cookie_name                 = "a"
      session_timeout                     = 3600
    }
  }
  action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.plain.arn
  }
  condition {
    path_pattern {
      values = ["/b"]
    }
  }
}
