import type { Words } from "@workbook/toolchain";
import { NO_IPAM, NO_OUTPOSTS } from "./absent-services.ts";

const NETWORK: Words = [
  "It is for network load balancers, which are not there.",
  "Network Load Balancer 用です。Network Load Balancer はありません。",
];
const HTTPS: Words = ["Listeners speak HTTP alone.", "リスナーのプロトコルは HTTP だけです。"];
const COGNITO: Words = [
  "Amazon Cognito is not there; it would need a listener of HTTPS too.",
  "Amazon Cognito がありません。HTTPS リスナーも必要です。",
];
const OIDC: Words = [
  "It needs a listener of HTTPS, and listeners speak HTTP alone.",
  "HTTPS リスナーが必要です。リスナーのプロトコルは HTTP だけです。",
];

/** As in `reasons.ts`, of load balancers. */
export const LOAD_BALANCER_REASONS: Readonly<Record<string, Words>> = {
  "aws_lb.enable_cross_zone_load_balancing": [
    "Of load balancers, those for applications alone are there.",
    "ロードバランサーは Application Load Balancer だけです。",
  ],
  "aws_lb.customer_owned_ipv4_pool": NO_OUTPOSTS,
  "aws_lb.dns_record_client_routing_policy": NETWORK,
  "aws_lb.enforce_security_group_inbound_rules_on_private_link_traffic": NETWORK,
  "aws_lb.ipam_pools": NO_IPAM,
  "aws_lb.minimum_load_balancer_capacity": [
    "Load balancers here have no capacity to reserve.",
    "ここのロードバランサーに予約できるキャパシティはありません。",
  ],
  "aws_lb.subnet_mapping": [
    "Addresses are for network load balancers to choose, which are not there.",
    "アドレスを選べるのは Network Load Balancer だけです。Network Load Balancer はありません。",
  ],
  aws_lb_listener: HTTPS,
  "aws_lb_listener.tcp_idle_timeout_seconds": NETWORK,
  "aws_lb_listener.default_action.authenticate_cognito": COGNITO,
  "aws_lb_listener.default_action.authenticate_oidc": OIDC,
  "aws_lb_listener_rule.action.authenticate_cognito": COGNITO,
  "aws_lb_listener_rule.action.authenticate_oidc": OIDC,
  "aws_lb_target_group.lambda_multi_value_headers_enabled": [
    "AWS Lambda is not there.",
    "AWS Lambda がありません。",
  ],
  "aws_lb_target_group.target_failover": [
    "Gateway Load Balancers are not there.",
    "Gateway Load Balancer はありません。",
  ],
  aws_lb_target_group: NETWORK,
};
