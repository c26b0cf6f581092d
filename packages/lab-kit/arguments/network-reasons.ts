import type { Words } from "@workbook/toolchain";
import { NO_IPAM, NO_LATTICE, NO_OUTPOSTS } from "./absent-services.ts";

const NO_IPV6: Words = [
  "Networks have no IPv6 addresses.",
  "ネットワークに IPv6 アドレスはありません。",
];

const ONE_ADDRESS: Words = [
  "A NAT gateway has one address.",
  "NAT ゲートウェイのアドレスは 1 つです。",
];

/** Why arguments of networks are refused. */
export const NETWORK_REASONS: Readonly<Record<string, Words>> = {
  "aws_eip.customer_owned_ipv4_pool": NO_OUTPOSTS,
  "aws_eip.ipam_pool_id": NO_IPAM,
  "aws_eip.public_ipv4_pool": [
    "Addresses come from Amazon's pool alone.",
    "アドレスは Amazon のプールからだけ割り当てられます。",
  ],
  "aws_nat_gateway.secondary_allocation_ids": ONE_ADDRESS,
  "aws_nat_gateway.secondary_private_ip_address_count": ONE_ADDRESS,
  "aws_nat_gateway.secondary_private_ip_addresses": ONE_ADDRESS,
  "aws_route_table.propagating_vgws": [
    "There are no virtual private gateways.",
    "仮想プライベートゲートウェイはありません。",
  ],
  "aws_subnet.customer_owned_ipv4_pool": NO_OUTPOSTS,
  "aws_subnet.enable_lni_at_device_index": NO_OUTPOSTS,
  "aws_subnet.ipv6_cidr_block": NO_IPV6,
  "aws_subnet.map_customer_owned_ip_on_launch": NO_OUTPOSTS,
  "aws_subnet.outpost_arn": NO_OUTPOSTS,
  "aws_vpc.ipv4_ipam_pool_id": NO_IPAM,
  "aws_vpc.ipv4_netmask_length": NO_IPAM,
  "aws_vpc.ipv6_cidr_block": NO_IPV6,
  "aws_vpc.ipv6_cidr_block_network_border_group": NO_IPV6,
  "aws_vpc.ipv6_ipam_pool_id": NO_IPAM,
  "aws_vpc.ipv6_netmask_length": NO_IPAM,
  "aws_vpc_endpoint.dns_options.private_dns_only_for_inbound_resolver_endpoint": [
    "Resolver endpoints of Route 53 are not there.",
    "Route 53 の Resolver エンドポイントはありません。",
  ],
  "aws_vpc_endpoint.resource_configuration_arn": NO_LATTICE,
  "aws_vpc_endpoint.service_network_arn": NO_LATTICE,
  "aws_vpc_endpoint.subnet_configuration": [
    "An endpoint's addresses are not chosen.",
    "エンドポイントのアドレスは指定できません。",
  ],
};
