import type { Kind } from "../kinds.ts";
import { ecsPage, page, vpcPage } from "./pages.ts";

const WAY_OUT = [
  "By which way does a task get to ECR and to CloudWatch Logs before its container starts?",
  "コンテナの起動前に、タスクはどの経路で ECR と CloudWatch Logs に届きますか。",
] as const;
const ENDPOINTS = [
  "Without a NAT gateway, which endpoints does a task need, and who may use them?",
  "NAT ゲートウェイなしで、タスクに必要なエンドポイントはどれで、誰が使えますか。",
] as const;
const ENDPOINT_PAGE = page("AmazonECR/latest/userguide", "vpc-endpoints");
const NAT_PAGE = vpcPage("nat-gateway-troubleshooting");
const ROUTES_PAGE = vpcPage("VPC_Route_Tables");

/** Causes on the way from a task to what it needs. */
export const NETWORK_KINDS = {
  "subnet-full": {
    question: [
      "How many addresses does the subnet have?",
      "サブネットに IP アドレスはいくつありますか。",
    ],
    page: vpcPage("subnet-sizing"),
    line: 'cidrBlock: "10.0.10.0/24",',
  },
  "network-dns": {
    question: [
      "Who tells a task the address of ECR?",
      "ECR のアドレスをタスクに教えるのは何ですか。",
    ],
    page: vpcPage("vpc-dns"),
    line: "enableDnsSupport: true, enableDnsHostnames: true,",
  },
  "network-no-route": {
    question: WAY_OUT,
    page: ROUTES_PAGE,
    line: 'destinationCidrBlock: "0.0.0.0/0", natGatewayId: …,',
  },
  "network-blackhole": {
    question: WAY_OUT,
    page: ROUTES_PAGE,
    line: 'destinationCidrBlock: "0.0.0.0/0", natGatewayId: …,',
  },
  "network-no-public-address": {
    question: [
      "To which address is the internet to answer a task?",
      "インターネットからタスクへの応答は、どのアドレスに返りますか。",
    ],
    page: ecsPage("fargate-task-networking"),
    line: "subnets: [...network.privateSubnetIds],",
  },
  "network-nat-gone": {
    question: WAY_OUT,
    page: NAT_PAGE,
    line: 'destinationCidrBlock: "0.0.0.0/0", natGatewayId: …,',
  },
  "network-nat-placement": {
    question: [
      "By which way does the NAT gateway get out?",
      "NAT ゲートウェイ自身はどこから外に出ますか。",
    ],
    page: NAT_PAGE,
    line: "subnetId: …,",
  },
  "task-egress": {
    question: ["What may leave the tasks?", "タスクから外に出られる通信は何ですか。"],
    page: vpcPage("security-group-rules"),
    line: 'new VpcSecurityGroupEgressRule(this, "…", { securityGroupId: …, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });',
  },
  "network-acl": {
    question: [
      "What stands at the border of the subnet, and does it remember whom it let through?",
      "サブネットの境界には何がありますか。それは通した接続を覚えていますか。",
    ],
    page: vpcPage("nacl-basics"),
    line: "./workbook aws ec2 describe-network-acls",
  },
  "endpoint-missing": { question: ENDPOINTS, page: ENDPOINT_PAGE, line: "serviceName: …," },
  "endpoint-unavailable": {
    question: ENDPOINTS,
    page: ENDPOINT_PAGE,
    line: "subnetIds: [...network.privateSubnetIds],",
  },
  "endpoint-ingress": {
    question: ENDPOINTS,
    page: ENDPOINT_PAGE,
    line: "fromPort: 443, toPort: 443,",
  },
  "endpoint-policy": {
    question: ENDPOINTS,
    page: page("vpc/latest/privatelink", "vpc-endpoints-access"),
    line: "./workbook aws ec2 describe-vpc-endpoints",
  },
} as const satisfies Readonly<Record<string, Kind>>;
