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
