resource "aws_vpc" "refusing" {
  cidr_block = "10.60.0.0/16"
}

resource "aws_subnet" "refusing" {
  vpc_id     = aws_vpc.refusing.id
  cidr_block = "10.60.0.0/24"
}

resource "aws_vpc" "planned" {
  ipv4_ipam_pool_id   = "ipam-pool-0123456789abcdef0"
  ipv4_netmask_length = 16
}

resource "aws_vpc" "planned_v6" {
  cidr_block          = "10.61.0.0/16"
  ipv6_ipam_pool_id   = "ipam-pool-0123456789abcdef0"
  ipv6_netmask_length = 56
}

resource "aws_vpc" "own_v6" {
  cidr_block        = "10.62.0.0/16"
  ipv6_ipam_pool_id = "ipam-pool-0123456789abcdef0"
  ipv6_cidr_block   = "2001:db8:1234:1a00::/56"
}

resource "aws_vpc" "local_v6" {
  cidr_block                           = "10.63.0.0/16"
  assign_generated_ipv6_cidr_block     = true
  ipv6_cidr_block_network_border_group = local.region
}

resource "aws_subnet" "v6" {
  vpc_id          = aws_vpc.refusing.id
  cidr_block      = "10.60.1.0/24"
  ipv6_cidr_block = "2001:db8:1234:1a00::/64"
}

resource "aws_subnet" "outpost" {
  vpc_id                          = aws_vpc.refusing.id
  cidr_block                      = "10.60.2.0/24"
  outpost_arn                     = "arn:aws:outposts:${local.region}:${local.account}:outpost/op-0123456789abcdef0"
  customer_owned_ipv4_pool        = "ipv4pool-coip-0123456789abcdef0"
  map_customer_owned_ip_on_launch = true
}

resource "aws_subnet" "lni" {
  vpc_id                     = aws_vpc.refusing.id
  cidr_block                 = "10.60.3.0/24"
  enable_lni_at_device_index = 1
}

resource "aws_eip" "own" {
  domain           = "vpc"
  public_ipv4_pool = "ipv4pool-ec2-0123456789abcdef0"
}

resource "aws_eip" "customer" {
  domain                   = "vpc"
  customer_owned_ipv4_pool = "ipv4pool-coip-0123456789abcdef0"
}

resource "aws_eip" "planned" {
  domain       = "vpc"
  ipam_pool_id = "ipam-pool-0123456789abcdef0"
}

resource "aws_nat_gateway" "counted" {
  subnet_id                          = aws_subnet.refusing.id
  connectivity_type                  = "private"
  secondary_private_ip_address_count = 2
}

resource "aws_nat_gateway" "listed" {
  subnet_id                      = aws_subnet.refusing.id
  connectivity_type              = "private"
  secondary_private_ip_addresses = ["10.60.0.20"]
}

resource "aws_nat_gateway" "public" {
  subnet_id                = aws_subnet.refusing.id
  allocation_id            = "eipalloc-0123456789abcdef0"
  secondary_allocation_ids = ["eipalloc-0123456789abcdef1"]
}

resource "aws_route_table" "propagating" {
  vpc_id           = aws_vpc.refusing.id
  propagating_vgws = ["vgw-0123456789abcdef0"]
}

resource "aws_vpc_endpoint" "resource" {
  vpc_id                     = aws_vpc.refusing.id
  vpc_endpoint_type          = "Resource"
  resource_configuration_arn = "arn:aws:vpc-lattice:${local.region}:${local.account}:resourceconfiguration/rcfg-0123456789abcdef0"
}

resource "aws_vpc_endpoint" "lattice" {
  vpc_id              = aws_vpc.refusing.id
  vpc_endpoint_type   = "ServiceNetwork"
  service_network_arn = "arn:aws:vpc-lattice:${local.region}:${local.account}:servicenetwork/sn-0123456789abcdef0"
}

resource "aws_vpc_endpoint" "resolver" {
  vpc_id            = aws_vpc.refusing.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.${local.region}.s3"
  subnet_ids        = [aws_subnet.refusing.id]
  dns_options {
    private_dns_only_for_inbound_resolver_endpoint = true
  }
}

resource "aws_vpc_endpoint" "addressed" {
  vpc_id            = aws_vpc.refusing.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.${local.region}.logs"
  subnet_ids        = [aws_subnet.refusing.id]
  subnet_configuration {
    subnet_id = aws_subnet.refusing.id
    ipv4      = "10.60.0.30"
    ipv6      = "2001:db8:1234:1a00::30"
  }
}
