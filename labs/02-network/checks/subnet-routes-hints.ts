import { hint } from "@workbook/lab-kit";

const GATEWAY = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html";
const GATEWAY_JA =
  "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/VPC_Internet_Gateway.html";
const NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html";
const NAT_JA = "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/nat-gateway-basics.html";
const TABLES = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html";
const TABLES_JA = "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/VPC_Route_Tables.html";

/** Help with public subnets. */
export const PUBLIC_FAULTS = {
  "no-gateway": hint(
    ["Through what does the VPC reach the internet?", "VPC は何を通ってインターネットに出ますか。"],
    [`Through an InternetGateway: ${GATEWAY}`, `InternetGateway です: ${GATEWAY_JA}`],
    `new InternetGateway(this, "internet_gateway", { vpcId: vpc.id });`,
  ),
  "not-attached": hint(
    ["Which VPC is the gateway at?", "そのゲートウェイはどの VPC に付いていますか。"],
    [
      `A gateway is attached to one VPC: ${GATEWAY}`,
      `ゲートウェイは VPC にアタッチします: ${GATEWAY_JA}`,
    ],
    "vpcId: vpc.id,",
  ),
  "no-route": hint(
    ["What makes a subnet public?", "サブネットをパブリックにするものは何ですか。"],
    [
      `A default route to the internet gateway, in a table that is associated with the subnet: ${TABLES}`,
      `サブネットに関連付けたルートテーブルの、インターネットゲートウェイ向けのデフォルトルートです: ${TABLES_JA}`,
    ],
    `new Route(this, "public_default", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id });`,
  ),
  "one-zone": hint(
    [
      "In how many zones is there a public subnet?",
      "パブリックサブネットはいくつの AZ にありますか。",
    ],
    [
      `Each public subnet needs an association with the public table: ${TABLES}`,
      `パブリックサブネットごとに、パブリックのルートテーブルとの関連付けが必要です: ${TABLES_JA}`,
    ],
    "new RouteTableAssociation(this, `public_${index}_association`, { routeTableId: table.id, subnetId: subnet.id });",
  ),
};

/** Help with private subnets. */
export const PRIVATE_FAULTS = {
  "no-nat": hint(
    [
      "How does a task without a public address pull its image?",
      "パブリック IP アドレスのないタスクは、どうやってイメージをプルしますか。",
    ],
    [`Through a NatGateway: ${NAT}`, `NatGateway を通ります: ${NAT_JA}`],
    `new NatGateway(this, "nat", { allocationId: address.id, subnetId: publicSubnets[0]!.id, dependsOn: [gateway] });`,
  ),
  "nat-in-private": hint(
    [
      "Can the NAT gateway itself reach the internet from where it stands?",
      "NAT ゲートウェイ自身は、置かれた場所からインターネットに出られますか。",
    ],
    [`It stands in a public subnet: ${NAT}`, `パブリックサブネットに置きます: ${NAT_JA}`],
    "subnetId: publicSubnets[0]!.id,",
  ),
  "no-address": hint(
    [
      "From which address do others see what leaves through the NAT gateway?",
      "NAT ゲートウェイから出る通信は、外からどのアドレスに見えますか。",
    ],
    [
      `From its Elastic IP address: Eip, ${NAT}`,
      `Elastic IP アドレスです。Eip を使います: ${NAT_JA}`,
    ],
    "allocationId: address.id,",
  ),
  "all-public": hint(
    [
      "Which subnets can nobody on the internet reach?",
      "インターネットから届かないサブネットはどれですか。",
    ],
    [
      `A private subnet's default route leads to a NAT gateway, not to the internet gateway: ${NAT}`,
      `プライベートサブネットのデフォルトルートは、インターネットゲートウェイではなく NAT ゲートウェイに向けます: ${NAT_JA}`,
    ],
    "natGatewayId: nat.id,",
  ),
  "no-route": hint(
    [
      "A task in each private subnet pulls an image. Which way do its packets go?",
      "各プライベートサブネットのタスクがイメージをプルするとき、パケットはどこを通りますか。",
    ],
    [
      `Every private subnet needs a table with a default route to the NAT gateway: ${TABLES}`,
      `どのプライベートサブネットにも、NAT ゲートウェイ向けのデフォルトルートを持つルートテーブルが必要です: ${TABLES_JA}`,
    ],
    `new Route(this, "private_default", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });`,
  ),
  "one-zone": hint(
    [
      "In how many zones is there a private subnet?",
      "プライベートサブネットはいくつの AZ にありますか。",
    ],
    [
      `Two tasks should stand in two zones: ${TABLES}`,
      `2 つのタスクは 2 つの AZ に置きます: ${TABLES_JA}`,
    ],
    "new Subnet(this, `private_${index}`, { vpcId: vpc.id, availabilityZone, … });",
  ),
};
