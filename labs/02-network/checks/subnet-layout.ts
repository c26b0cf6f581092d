import { both, text, type Text, type Words } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  listed,
  passed,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";
import { contains, overlaps, parseCidr, type CidrBlock } from "./cidr.ts";

const SUBNETS = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html";
const SUBNETS_JA = "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/subnet-sizing.html";
const ZONES =
  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer";
const ZONES_JA =
  "https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer";
const CIDR_LINE = "cidrBlock: `10.0.${10 + index}.0/24`,";

const FAULTS = {
  "no-vpc": hint(
    ["In which network do the subnets lie?", "サブネットはどのネットワークに置きますか。"],
    [
      "A Vpc with addresses of its own: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
      "専用のアドレス範囲を持つ Vpc です: https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/vpc-cidr-blocks.html",
    ],
    `new Vpc(this, "vpc", { cidrBlock: "10.0.0.0/16", tags: { Name: settings.named("workbook") } });`,
  ),
  "too-few": hint(
    [
      "Which kinds of subnet are needed, and in how many zones?",
      "どの種類のサブネットが、いくつの AZ に必要ですか。",
    ],
    [
      `A public and a private one in each of two zones: Subnet, ${SUBNETS}`,
      `2 つの AZ のそれぞれに、パブリックとプライベートが 1 つずつです。Subnet を使います: ${SUBNETS_JA}`,
    ],
    "new Subnet(this, `private_${index}`, { vpcId: vpc.id, availabilityZone, cidrBlock: `10.0.${10 + index}.0/24` });",
  ),
  "one-zone": hint(
    [
      "If a zone goes down, what is left of the network?",
      "1 つの AZ に障害が起きたら、ネットワークの何が残りますか。",
    ],
    [
      `A load balancer insists on subnets in two zones: ${ZONES}`,
      `ロードバランサーには 2 つの AZ のサブネットが必要です: ${ZONES_JA}`,
    ],
    "settings.availabilityZones.map((availabilityZone, index) => new Subnet(this, …, { availabilityZone, … }))",
  ),
  outside: hint(
    [
      "Is every subnet's address block part of the VPC's?",
      "どのサブネットのアドレス範囲も VPC の範囲に入っていますか。",
    ],
    [
      `A subnet is a part of the VPC's block: ${SUBNETS}`,
      `サブネットは VPC の範囲の一部です: ${SUBNETS_JA}`,
    ],
    CIDR_LINE,
  ),
  overlap: hint(
    [
      "To which of the two subnets would an address in both belong?",
      "2 つのサブネットの両方に入るアドレスは、どちらのものですか。",
    ],
    [
      `Blocks of one VPC must not overlap: ${SUBNETS}`,
      `1 つの VPC の中で、アドレス範囲が重なってはいけません: ${SUBNETS_JA}`,
    ],
    CIDR_LINE,
  ),
};

type Fault = keyof typeof FAULTS;

/** Subnets wanted in each zone: a public and a private one. */
const PER_ZONE = 2;
const ZONES_WANTED = 2;

/** A VPC with two subnets in each of two zones, whose address blocks lie in the VPC's and do not overlap. */
export function hasSubnets(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A VPC with two subnets in each of two zones",
      "2 つの AZ に 2 つずつサブネットを持つ VPC",
    ]),
    faults: FAULTS,
    run(context) {
      const [vpc] = context.synth.all("aws_vpc");
      const block = parseCidr(String(vpc?.attributes["cidr_block"]));
      if (vpc === undefined || block === undefined) {
        const actual: Words = vpc
          ? `${vpc.address}: ${String(vpc.attributes["cidr_block"])}`
          : ["no VPC", "VPC がありません"];
        return failed(
          "no-vpc",
          [
            "a VPC with an IPv4 block such as 10.0.0.0/16",
            "10.0.0.0/16 のような IPv4 の範囲を持つ VPC がある",
          ],
          actual,
        );
      }
      return examine(context, vpc, block);
    },
  });
}

/** A subnet and its block. */
interface Placed {
  readonly subnet: SynthResource;
  readonly zone: Words;
  readonly cidr: string;
  readonly block: CidrBlock | undefined;
}

function examine(context: SynthContext, vpc: SynthResource, block: CidrBlock): CheckResult<Fault> {
  const placed = context.synth.referringTo(vpc, "aws_subnet", "vpc_id").map(toPlaced);
  const zones = Map.groupBy(placed, ({ zone }) => zone);
  const full = [...zones.values()].filter((subnets) => subnets.length >= PER_ZONE);
  const whole = String(vpc.attributes["cidr_block"]);
  const expected = [
    `${PER_ZONE} subnets in each of ${ZONES_WANTED} zones, parts of ${whole} that do not overlap`,
    `${ZONES_WANTED} つの AZ に ${PER_ZONE} つずつ、${whole} の中で重ならないサブネットがある`,
  ] as const;
  const actual = listed(placed.map(describe));
  if (placed.length < PER_ZONE * ZONES_WANTED) return failed("too-few", expected, actual);
  if (full.length < ZONES_WANTED) return failed("one-zone", expected, actual);
  const outside = placed.find((each) => each.block === undefined || !contains(block, each.block));
  if (outside !== undefined) return failed("outside", expected, describe(outside));
  const pair = overlapping(placed);
  return pair === undefined
    ? passed(expected, actual)
    : failed("overlap", expected, listed(pair.map(describe)));
}

function toPlaced(subnet: SynthResource): Placed {
  const cidr = String(subnet.attributes["cidr_block"]);
  const zone = subnet.attributes["availability_zone"] ?? subnet.attributes["availability_zone_id"];
  return {
    subnet,
    zone: zone === undefined ? ["a zone of AWS's choice", "AWS が選ぶ AZ"] : String(zone),
    cidr,
    block: parseCidr(cidr),
  };
}

function overlapping(placed: readonly Placed[]): readonly [Placed, Placed] | undefined {
  for (const [index, a] of placed.entries()) {
    const b = placed
      .slice(index + 1)
      .find((each) => each.block && a.block && overlaps(a.block, each.block));
    if (b !== undefined) return [a, b];
  }
  return undefined;
}

function describe({ subnet, zone, cidr }: Placed): Text {
  return both`${subnet.address} (${cidr}, ${zone})`;
}
