resource "aws_vpc" "full" {
  cidr_block                           = "10.50.0.0/16"
  instance_tenancy                     = "default"
  enable_dns_support                   = true
  enable_dns_hostnames                 = var.changed
  enable_network_address_usage_metrics = false
  tags                                 = local.tags
}

resource "aws_vpc" "v6" {
  cidr_block                       = "10.51.0.0/16"
  assign_generated_ipv6_cidr_block = false
  tags                             = local.tags
}

resource "aws_subnet" "full" {
  vpc_id                                         = aws_vpc.full.id
  cidr_block                                     = "10.50.0.0/24"
  availability_zone                              = "${local.region}a"
  map_public_ip_on_launch                        = var.changed
  assign_ipv6_address_on_creation                = false
  enable_dns64                                   = false
  enable_resource_name_dns_a_record_on_launch    = false
  enable_resource_name_dns_aaaa_record_on_launch = false
  ipv6_native                                    = false
  private_dns_hostname_type_on_launch            = "ip-name"
  tags                                           = local.tags
}

resource "aws_subnet" "zone" {
  vpc_id               = aws_vpc.full.id
  cidr_block           = "10.50.1.0/24"
  availability_zone_id = "apne1-az1"
  tags                 = local.tags
}

resource "aws_internet_gateway" "full" {
  vpc_id = aws_vpc.full.id
  tags   = local.tags
}

resource "aws_internet_gateway" "attached" {
  tags = local.tags
}

resource "aws_internet_gateway_attachment" "v6" {
  internet_gateway_id = aws_internet_gateway.attached.id
  vpc_id              = aws_vpc.v6.id
}

resource "aws_route_table" "inline" {
  vpc_id = aws_vpc.full.id
  tags   = local.tags
  route {
    cidr_block = var.changed ? "198.51.100.0/24" : "203.0.113.0/24"
    gateway_id = aws_internet_gateway.full.id
  }
}

resource "aws_route_table" "bare" {
  vpc_id = aws_vpc.full.id
  tags   = local.tags
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.bare.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = var.changed ? null : aws_internet_gateway.full.id
  nat_gateway_id         = var.changed ? aws_nat_gateway.public.id : null
}

resource "aws_route" "v6" {
  route_table_id              = aws_route_table.bare.id
  destination_ipv6_cidr_block = "2001:db8::/32"
  gateway_id                  = aws_internet_gateway.full.id
}

data "aws_ec2_managed_prefix_list" "cloudfront" {
  name = "com.amazonaws.global.cloudfront.origin-facing"
}

resource "aws_route" "listed" {
  route_table_id             = aws_route_table.bare.id
  destination_prefix_list_id = data.aws_ec2_managed_prefix_list.cloudfront.id
  gateway_id                 = aws_internet_gateway.full.id
}

resource "aws_route_table_association" "gateway" {
  gateway_id     = aws_internet_gateway.attached.id
  route_table_id = var.changed ? aws_route_table.first.id : aws_route_table.second.id
  depends_on     = [aws_internet_gateway_attachment.v6]
}

resource "aws_route_table_association" "full" {
  subnet_id      = aws_subnet.full.id
  route_table_id = var.changed ? aws_route_table.inline.id : aws_route_table.bare.id
}

resource "aws_main_route_table_association" "v6" {
  vpc_id         = aws_vpc.v6.id
  route_table_id = var.changed ? aws_route_table.second.id : aws_route_table.first.id
}

resource "aws_route_table" "first" {
  vpc_id = aws_vpc.v6.id
  tags   = local.tags
}

resource "aws_route_table" "second" {
  vpc_id = aws_vpc.v6.id
  tags   = local.tags
}

resource "aws_eip" "nat" {
  domain = "vpc"
  tags   = local.tags
}

resource "aws_eip" "second" {
  domain               = "vpc"
  network_border_group = local.region
  tags                 = local.tags
}

# What came before `domain`, which the provider still takes.
resource "aws_eip" "older" {
  vpc  = true
  tags = local.tags
}

resource "aws_nat_gateway" "public" {
  allocation_id     = aws_eip.nat.id
  subnet_id         = aws_subnet.full.id
  connectivity_type = "public"
  private_ip        = "10.50.0.20"
  tags              = local.tags
  depends_on        = [aws_internet_gateway.full]
}

resource "aws_nat_gateway" "private" {
  subnet_id         = aws_subnet.full.id
  connectivity_type = "private"
  tags              = local.tags
}

resource "aws_security_group" "full" {
  name                   = "full"
  description            = "of everything"
  vpc_id                 = aws_vpc.full.id
  revoke_rules_on_delete = var.changed
  tags                   = local.tags
  ingress {
    description     = var.changed ? "second" : "first"
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    cidr_blocks     = ["10.0.0.0/8"]
    security_groups = [aws_security_group.prefixed.id]
    self            = true
  }
  egress {
    description = var.changed ? "second" : "first"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "prefixed" {
  name_prefix = "prefixed-"
  vpc_id      = aws_vpc.full.id
  tags        = local.tags
}

resource "aws_security_group_rule" "in" {
  security_group_id = aws_security_group.prefixed.id
  type              = "ingress"
  description       = var.changed ? "second" : "first"
  from_port         = 443
  to_port           = 443
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
}

resource "aws_security_group_rule" "self" {
  security_group_id = aws_security_group.prefixed.id
  type              = "ingress"
  from_port         = 8443
  to_port           = 8443
  protocol          = "tcp"
  self              = true
}

resource "aws_security_group_rule" "v6" {
  security_group_id = aws_security_group.prefixed.id
  type              = "ingress"
  from_port         = 444
  to_port           = 444
  protocol          = "tcp"
  ipv6_cidr_blocks  = ["2001:db8::/32"]
}

resource "aws_security_group_rule" "listed" {
  security_group_id = aws_security_group.prefixed.id
  type              = "ingress"
  from_port         = 445
  to_port           = 445
  protocol          = "tcp"
  prefix_list_ids   = [data.aws_ec2_managed_prefix_list.cloudfront.id]
}

resource "aws_security_group_rule" "source" {
  security_group_id        = aws_security_group.prefixed.id
  type                     = "egress"
  from_port                = 8443
  to_port                  = 8443
  protocol                 = "tcp"
  source_security_group_id = aws_security_group.rules.id
}

resource "aws_security_group" "rules" {
  name   = "rules"
  vpc_id = aws_vpc.full.id
  tags   = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "cidr" {
  security_group_id = aws_security_group.rules.id
  description       = var.changed ? "second" : "first"
  from_port         = var.changed ? 81 : 80
  to_port           = var.changed ? 81 : 80
  ip_protocol       = "tcp"
  cidr_ipv4         = var.changed ? "10.1.0.0/16" : "10.0.0.0/16"
  tags              = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "v6" {
  security_group_id = aws_security_group.rules.id
  from_port         = 91
  to_port           = 91
  ip_protocol       = "tcp"
  cidr_ipv6         = var.changed ? "2001:db8:1::/48" : "2001:db8:2::/48"
}

resource "aws_vpc_security_group_ingress_rule" "listed" {
  security_group_id = aws_security_group.rules.id
  from_port         = 92
  to_port           = 92
  ip_protocol       = "tcp"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
}

resource "aws_vpc_security_group_ingress_rule" "group" {
  security_group_id            = aws_security_group.rules.id
  from_port                    = 90
  to_port                      = 90
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.prefixed.id
}

resource "aws_vpc_security_group_egress_rule" "cidr" {
  security_group_id = aws_security_group.rules.id
  description       = var.changed ? "second" : "first"
  from_port         = var.changed ? 81 : 80
  to_port           = var.changed ? 81 : 80
  ip_protocol       = "tcp"
  cidr_ipv4         = var.changed ? "10.1.0.0/16" : "10.0.0.0/16"
  tags              = local.tags
}

resource "aws_vpc_security_group_egress_rule" "v6" {
  security_group_id = aws_security_group.rules.id
  from_port         = 91
  to_port           = 91
  ip_protocol       = "tcp"
  cidr_ipv6         = var.changed ? "2001:db8:1::/48" : "2001:db8:2::/48"
}

resource "aws_vpc_security_group_egress_rule" "listed" {
  security_group_id = aws_security_group.rules.id
  from_port         = 92
  to_port           = 92
  ip_protocol       = "tcp"
  prefix_list_id    = data.aws_ec2_managed_prefix_list.cloudfront.id
}

resource "aws_vpc_security_group_egress_rule" "group" {
  security_group_id            = aws_security_group.rules.id
  from_port                    = 90
  to_port                      = 90
  ip_protocol                  = "tcp"
  referenced_security_group_id = aws_security_group.prefixed.id
}

resource "aws_network_acl" "inline" {
  vpc_id     = aws_vpc.full.id
  subnet_ids = [aws_subnet.zone.id]
  tags       = local.tags
  ingress {
    rule_no    = 100
    action     = var.changed ? "deny" : "allow"
    protocol   = "tcp"
    from_port  = 80
    to_port    = 80
    cidr_block = "0.0.0.0/0"
    icmp_code  = 0
    icmp_type  = 0
  }
  egress {
    rule_no    = 100
    action     = var.changed ? "deny" : "allow"
    protocol   = "tcp"
    from_port  = 80
    to_port    = 80
    cidr_block = "0.0.0.0/0"
    icmp_code  = 0
    icmp_type  = 0
  }
}

resource "aws_network_acl" "bare" {
  vpc_id = aws_vpc.full.id
  tags   = local.tags
}

resource "aws_network_acl_rule" "in" {
  network_acl_id = aws_network_acl.bare.id
  rule_number    = 100
  egress         = false
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/8"
  from_port      = 80
  to_port        = 80
}

resource "aws_network_acl_rule" "icmp" {
  network_acl_id = aws_network_acl.bare.id
  rule_number    = 110
  egress         = false
  protocol       = "icmp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/8"
  icmp_type      = 8
  icmp_code      = 0
}

resource "aws_network_acl_rule" "v6" {
  network_acl_id  = aws_network_acl.bare.id
  rule_number     = 120
  egress          = true
  protocol        = "tcp"
  rule_action     = "deny"
  ipv6_cidr_block = "2001:db8::/32"
  from_port       = 80
  to_port         = 80
}

resource "aws_vpc_dhcp_options" "full" {
  domain_name                       = "example.internal"
  domain_name_servers               = ["AmazonProvidedDNS"]
  ntp_servers                       = ["169.254.169.123"]
  netbios_name_servers              = ["10.50.0.2"]
  netbios_node_type                 = 2
  ipv6_address_preferred_lease_time = 3600
  tags                              = local.tags
}

resource "aws_vpc_dhcp_options_association" "v6" {
  vpc_id          = aws_vpc.v6.id
  dhcp_options_id = aws_vpc_dhcp_options.full.id
}

resource "aws_vpc_endpoint" "gateway" {
  vpc_id            = aws_vpc.full.id
  service_name      = "com.amazonaws.${local.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.changed ? [aws_route_table.inline.id] : [aws_route_table.bare.id]
  tags              = local.tags
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = var.changed ? "Second" : "First", Effect = "Allow", Principal = "*", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_vpc_endpoint" "interface" {
  vpc_id              = aws_vpc.full.id
  service_name        = "com.amazonaws.${local.region}.logs"
  service_region      = local.region
  vpc_endpoint_type   = "Interface"
  auto_accept         = true
  ip_address_type     = "ipv4"
  private_dns_enabled = false
  security_group_ids  = var.changed ? [aws_security_group.rules.id] : [aws_security_group.prefixed.id]
  subnet_ids          = [aws_subnet.full.id]
  tags                = local.tags
  dns_options {
    dns_record_ip_type = "ipv4"
  }
}

output "ec2" {
  value = {
    ids = {
      "aws_internet_gateway_attachment.v6"  = "${aws_internet_gateway.attached.id}:${aws_vpc.v6.id}"
      "aws_route.internet"                  = "${aws_route_table.bare.id}_0.0.0.0/0"
      "aws_route.v6"                        = "${aws_route_table.bare.id}_2001:db8::/32"
      "aws_route.listed"                    = "${aws_route_table.bare.id}_${data.aws_ec2_managed_prefix_list.cloudfront.id}"
      "aws_route_table_association.gateway" = "${aws_internet_gateway.attached.id}/${var.changed ? aws_route_table.first.id : aws_route_table.second.id}"
      "aws_route_table_association.full"    = "${aws_subnet.full.id}/${var.changed ? aws_route_table.inline.id : aws_route_table.bare.id}"
      "aws_main_route_table_association.v6" = null
      "aws_security_group_rule.in"          = "${aws_security_group.prefixed.id}_ingress_tcp_443_443_10.0.0.0/8"
      "aws_security_group_rule.self"        = "${aws_security_group.prefixed.id}_ingress_tcp_8443_8443_self"
      "aws_security_group_rule.source"      = "${aws_security_group.prefixed.id}_egress_tcp_8443_8443_${aws_security_group.rules.id}"
      "aws_security_group_rule.v6"          = "${aws_security_group.prefixed.id}_ingress_tcp_444_444_2001:db8::/32"
      "aws_security_group_rule.listed"      = "${aws_security_group.prefixed.id}_ingress_tcp_445_445_${data.aws_ec2_managed_prefix_list.cloudfront.id}"
      "aws_network_acl_rule.icmp"           = "${aws_network_acl.bare.id}:110:icmp:false"
      "aws_network_acl_rule.v6"             = "${aws_network_acl.bare.id}:120:tcp:true"
      "aws_network_acl_rule.in"             = "${aws_network_acl.bare.id}:100:tcp:false"
      "aws_vpc_dhcp_options_association.v6" = aws_vpc.v6.id
    }
  }
}
