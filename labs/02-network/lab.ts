import { defineLab, NAT_GATEWAY, NODE_APP, PUBLIC_ADDRESS } from "@workbook/lab-kit";

export const lab = defineLab({
  id: "02-network",
  title: { en: "A network in two zones", ja: "2 つの AZ にまたがるネットワーク" },
  summary: {
    en: "Write a VPC with a public and a private subnet in each of two zones, the ways in and out, and the security groups of load balancer and tasks.",
    ja: "2 つのアベイラビリティーゾーン (AZ) のそれぞれにパブリックサブネットとプライベートサブネットを持つ VPC と、その出入り口、ALB とタスクのセキュリティグループを書きます。",
  },
  minutes: 55,
  needs: ["terraform"],
  apps: [NODE_APP],
  stacks: ["images", "service"],
  files: ["stack.ts"],
  teaches: {
    adds: [
      "aws_eip",
      "aws_internet_gateway",
      "aws_nat_gateway",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [],
  },
  startFailsAt: "subnets",
  cost: [
    { price: NAT_GATEWAY, quantity: 1 },
    // The NAT gateway's.
    { price: PUBLIC_ADDRESS, quantity: 1 },
  ],
});
