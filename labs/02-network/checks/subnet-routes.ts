import { both, list, text, type Text, type Words } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  listed,
  passed,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";
import { defaultGatewaysOf } from "./default-routes.ts";
import { PRIVATE_FAULTS, PUBLIC_FAULTS } from "./subnet-routes-hints.ts";

const ZONES_WANTED = 2;

/** Subnets in two zones whose default route leads to the VPC's internet gateway. */
export function hasPublicSubnets(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Public subnets: their default route leads to the internet gateway",
      "パブリックサブネット: デフォルトルートがインターネットゲートウェイに向く",
    ]),
    faults: PUBLIC_FAULTS,
    run: examinePublic,
  });
}

/** Subnets in two zones whose default route leads to a NAT gateway, which stands in a public subnet with an address. */
export function hasPrivateSubnets(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "Private subnets: their default route leads to a NAT gateway",
      "プライベートサブネット: デフォルトルートが NAT ゲートウェイに向く",
    ]),
    faults: PRIVATE_FAULTS,
    run: examinePrivate,
  });
}

function examinePublic(context: SynthContext): CheckResult<keyof typeof PUBLIC_FAULTS> {
  const [gateway] = context.synth.all("aws_internet_gateway");
  const expected = [
    `subnets in ${ZONES_WANTED} zones whose route 0.0.0.0/0 leads to an internet gateway`,
    `${ZONES_WANTED} つの AZ に、0.0.0.0/0 がインターネットゲートウェイに向くサブネットがある`,
  ] as const;
  if (gateway === undefined)
    return failed("no-gateway", expected, [
      "there is no internet gateway",
      "インターネットゲートウェイがありません",
    ]);
  const attached = [
    ...context.synth.referredToBy(gateway, gateway.attributes["vpc_id"]),
    ...context.synth.referringTo(gateway, "aws_internet_gateway_attachment", "internet_gateway_id"),
  ];
  if (attached.length === 0)
    return failed("not-attached", expected, [
      `${gateway.address} belongs to no VPC`,
      `${gateway.address} がどの VPC にもアタッチされていません`,
    ]);
  const subnets = publicSubnets(context);
  const actual = seen(context);
  if (subnets.length === 0) return failed("no-route", expected, actual);
  return zonesOf(subnets).size < ZONES_WANTED
    ? failed("one-zone", expected, actual)
    : passed(expected, actual);
}

function examinePrivate(context: SynthContext): CheckResult<keyof typeof PRIVATE_FAULTS> {
  const { synth } = context;
  const expected = [
    `subnets in ${ZONES_WANTED} zones whose route 0.0.0.0/0 leads to a NAT gateway in a public subnet`,
    `${ZONES_WANTED} つの AZ に、0.0.0.0/0 がパブリックサブネットの NAT ゲートウェイに向くサブネットがある`,
  ] as const;
  const nats = synth.all("aws_nat_gateway");
  if (nats.length === 0)
    return failed("no-nat", expected, ["there is no NAT gateway", "NAT ゲートウェイがありません"]);
  const open = publicSubnets(context);
  for (const nat of nats) {
    const [place] = synth.referredToBy(nat, nat.attributes["subnet_id"]);
    const where = text([
      `${nat.address} stands in ${place?.address ?? "no subnet of this stack"}`,
      `${nat.address} の場所: ${place?.address ?? "このスタックのサブネットではありません"}`,
    ]);
    if (place === undefined || !open.includes(place))
      return failed("nat-in-private", expected, where);
    const [address] = synth.referredToBy(nat, nat.attributes["allocation_id"]);
    if (address?.type !== "aws_eip")
      return failed(
        "no-address",
        expected,
        both`${where}${[", without an Elastic IP address", " (Elastic IP アドレスがありません)"]}`,
      );
  }
  const closed = synth.all("aws_subnet").filter((subnet) => !open.includes(subnet));
  const actual = seen(context);
  const leading = closed.filter((subnet) =>
    defaultGatewaysOf(context, subnet).some((gateway) => nats.includes(gateway)),
  );
  if (closed.length === 0) return failed("all-public", expected, actual);
  if (leading.length < closed.length) return failed("no-route", expected, actual);
  return zonesOf(leading).size < ZONES_WANTED
    ? failed("one-zone", expected, actual)
    : passed(expected, actual);
}

function publicSubnets(context: SynthContext): readonly SynthResource[] {
  return context.synth
    .all("aws_subnet")
    .filter((subnet) =>
      defaultGatewaysOf(context, subnet).some(({ type }) => type === "aws_internet_gateway"),
    );
}

function zonesOf(subnets: readonly SynthResource[]): ReadonlySet<unknown> {
  return new Set(subnets.map(({ attributes }) => attributes["availability_zone"]));
}

/** `aws_subnet.public_0 (zone) → aws_internet_gateway.x` for every subnet. */
function seen(context: SynthContext): Text {
  const subnets = context.synth.all("aws_subnet").map((subnet) => {
    const gateways = defaultGatewaysOf(context, subnet).map(({ address }) => address);
    const zone = String(subnet.attributes["availability_zone"]);
    const to: Words = gateways.length > 0 ? list(gateways) : ["nowhere", "なし"];
    return both`${subnet.address} (${zone}) → ${to}`;
  });
  return listed(subnets);
}
