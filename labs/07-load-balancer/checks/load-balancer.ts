import { both, text } from "@workbook/toolchain";
import {
  blocksOf,
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  gatewaysOf,
  hint,
  listed,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";

const CREATING =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html";
const CREATING_JA =
  "https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/application-load-balancers.html";

const FAULTS = {
  missing: hint(
    [
      "The tasks run in private subnets. What stands in the public ones and passes requests on?",
      "タスクはプライベートサブネットで動いています。パブリックサブネットでリクエストを受けて、タスクに渡すのは何ですか。",
    ],
    [`An Application Load Balancer, Lb: ${CREATING}`, `ALB (Lb) です: ${CREATING_JA}`],
    `const alb = new Lb(this, "alb", { name: settings.named("workbook"), loadBalancerType: "application", … });`,
  ),
  type: hint(
    [
      "Requests are HTTP. Which kind of load balancer reads them?",
      "リクエストは HTTP です。HTTP を読めるのはどの種類のロードバランサーですか。",
    ],
    [
      `The application load balancer: ${CREATING}`,
      `Application Load Balancer です: ${CREATING_JA}`,
    ],
    `loadBalancerType: "application",`,
  ),
  internal: hint(
    [
      "Which addresses does the load balancer's name lead to, public or private ones?",
      "ALB の名前が指すのはパブリック IP アドレスですか、プライベート IP アドレスですか。",
    ],
    [
      "An internal load balancer has private addresses only: nobody outside of the VPC reaches it. https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme",
      "internal の ALB にはプライベート IP アドレスしかなく、VPC の外からは届きません: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#load-balancer-scheme",
    ],
    "internal: false,",
  ),
  zones: hint(
    [
      "In how many Availability Zones does the load balancer stand?",
      "ALB はいくつの AZ に置かれていますか。",
    ],
    [
      `It wants a subnet in each of two zones at least, and only one in each: ${CREATING}`,
      `2 つ以上の AZ に、AZ ごとに 1 つのサブネットが必要です: ${CREATING_JA}`,
    ],
    "subnets: [...network.publicSubnetIds],",
  ),
  subnets: hint(
    [
      "How does a request from the internet get into those subnets?",
      "インターネットからのリクエストは、そのサブネットにどうやって届きますか。",
    ],
    [
      `Through the internet gateway, to which only the public subnets have a route: ${CREATING}`,
      `インターネットゲートウェイを通ります。そこへのルートがあるのはパブリックサブネットだけです: ${CREATING_JA}`,
    ],
    "subnets: [...network.publicSubnetIds],",
  ),
  "no-security-group": hint(
    ["Who may connect to the load balancer?", "ALB に接続できるのは誰ですか。"],
    [
      "Its security group says so; left out, it gets the VPC's default group, which admits nobody from outside: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
      "セキュリティグループで決まります。省略すると VPC のデフォルトになり、外からは誰も接続できません: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html",
    ],
    "securityGroups: [albSecurityGroup.id],",
  ),
  "internet-first": hint(
    [
      "The load balancer does not mention the internet gateway. Which of the two does Terraform make first?",
      "ALB はインターネットゲートウェイを参照していません。Terraform はどちらを先に作りますか。",
    ],
    [
      "Perhaps the load balancer, which AWS then refuses (InvalidSubnet: VPC has no internet gateway). Say that the gateway comes first.",
      "ALB が先になると、AWS は InvalidSubnet (VPC has no internet gateway) で拒否します。ゲートウェイが先だと明示します。",
    ],
    "dependsOn: [network.ingress],",
  ),
};

type Fault = keyof typeof FAULTS;

/** An Application Load Balancer stands in public subnets of two zones, open to the internet, with a security group. */
export function hasLoadBalancer(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A load balancer in the public subnets",
      "パブリックサブネットにロードバランサーがある",
    ]),
    faults: FAULTS,
    run(context) {
      const [balancer] = context.synth.all("aws_lb");
      return balancer === undefined
        ? failed(
            "missing",
            ["an Application Load Balancer", "Application Load Balancer がある"],
            ["the stack has no load balancer", "スタックにロードバランサーがありません"],
          )
        : examine(context, balancer);
    },
  });
}

function examine(context: SynthContext, balancer: SynthResource): CheckResult<Fault> {
  const { attributes, address } = balancer;
  const type = String(attributes["load_balancer_type"] ?? "application");
  const isInternal = attributes["internal"] === true;
  const subnets = subnetsOf(context, balancer);
  const zones = subnets.map((subnet) => String(subnet.attributes["availability_zone"]));
  const gateways = [...new Set(subnets.flatMap((subnet) => gatewaysOf(context, subnet)))];
  const groups = context.synth.referredToBy(balancer, attributes["security_groups"]);
  const after = [attributes["depends_on"] ?? []].flat().map(String);
  return walk<Fault>(address, [
    {
      fault: "type",
      expected: both`${TYPE} application`,
      actual: both`${TYPE} ${type}`,
      holds: type === "application",
    },
    {
      fault: "internal",
      expected: OPEN,
      actual: isInternal ? ["internal", "internal です"] : OPEN,
      holds: !isInternal,
    },
    {
      fault: "zones",
      expected: ["one subnet in each of two zones", "2 つの AZ に 1 つずつサブネットがある"],
      actual: both`${["subnets in", "サブネットの AZ:"]} ${listed(zones)}`,
      holds: zones.length >= 2 && new Set(zones).size === zones.length,
    },
    {
      fault: "subnets",
      expected: both`${LEAD_TO} aws_internet_gateway`,
      actual: both`${LEAD_TO} ${listed(gateways)}`,
      holds: gateways.length === 1 && gateways[0] === "aws_internet_gateway",
    },
    {
      fault: "no-security-group",
      expected: ["a security group of the stack", "スタックのセキュリティグループが付いている"],
      actual: both`${["security groups", "セキュリティグループ"]}: ${listed(groups.map((group) => group.address))}`,
      holds: groups.some((group) => group.type === "aws_security_group"),
    },
    {
      fault: "internet-first",
      expected: ["made after the internet gateway", "インターネットゲートウェイの後に作られる"],
      actual: both`${["made after", "先に作られるもの:"]} ${listed(after)}`,
      holds: after.some((one) => one.startsWith("aws_internet_gateway.")),
    },
  ]);
}

/** The subnets that it stands in, however they are written. */
function subnetsOf({ synth }: SynthContext, balancer: SynthResource): SynthResource[] {
  const { attributes } = balancer;
  return [
    ...synth.referredToBy(balancer, attributes["subnets"]),
    ...synth.referredToBy(balancer, blocksOf(attributes, "subnet_mapping")),
  ].filter((one) => one.type === "aws_subnet");
}

const TYPE = ["type", "タイプ"] as const;
const OPEN = ["open to the internet", "インターネットに公開されている"] as const;
const LEAD_TO = ["subnets that lead to", "サブネットの出口:"] as const;
