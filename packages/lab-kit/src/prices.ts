import type { Text } from "@workbook/toolchain";

/** What one of something costs in ap-northeast-1 (Tokyo), without tax, traffic and free tier. */
export interface Price {
  readonly what: Text;
  readonly usdPerHour: number;
  /** When it was so, `YYYY-MM` or `YYYY-MM-DD`, as far as the source says. */
  readonly asOf: string;
  /** The page that it was read on. */
  readonly source: string;
  /** Where AWS says what it is today. */
  readonly today: string;
}

/** A vCPU of a Fargate task (Linux, x86). */
export const FARGATE_VCPU: Price = {
  what: { en: "Fargate, 1 vCPU", ja: "Fargate 1 vCPU" },
  usdPerHour: 0.05056,
  asOf: "2025-09",
  source: "https://www.clyr.co.jp/posts/aws-fargate-pricing-breakdown-estimate-tips-3920",
  today: "https://aws.amazon.com/fargate/pricing/",
};

/** A gigabyte of memory of a Fargate task (Linux, x86). */
export const FARGATE_GB: Price = {
  what: { en: "Fargate, 1 GB of memory", ja: "Fargate メモリ 1 GB" },
  usdPerHour: 0.00553,
  asOf: "2025-09",
  source: "https://www.clyr.co.jp/posts/aws-fargate-pricing-breakdown-estimate-tips-3920",
  today: "https://aws.amazon.com/fargate/pricing/",
};

/** An instance of EC2 with one vCPU and a gigabyte, on demand, without its disk. */
export const T2_MICRO: Price = {
  what: { en: "EC2, t2.micro", ja: "EC2 t2.micro" },
  usdPerHour: 0.0152,
  asOf: "2019-10-02",
  source: "https://toshioshimo.hatenablog.com/entry/2019/10/02/193420",
  today: "https://aws.amazon.com/ec2/pricing/on-demand/",
};

/** An Application Load Balancer, without its capacity units: a learner's requests do not fill one. */
export const APPLICATION_LOAD_BALANCER: Price = {
  what: { en: "Application Load Balancer", ja: "Application Load Balancer" },
  usdPerHour: 0.0243,
  asOf: "2024",
  source: "https://mint041223techblog.netlify.app/en/blog/ecs-fixed-cost-alb-nat/",
  today: "https://aws.amazon.com/elasticloadbalancing/pricing/",
};

/** A NAT gateway, without the gigabytes that go through it. */
export const NAT_GATEWAY: Price = {
  what: { en: "NAT gateway", ja: "NAT ゲートウェイ" },
  usdPerHour: 0.062,
  asOf: "2024",
  source: "https://mint041223techblog.netlify.app/en/blog/ecs-fixed-cost-alb-nat/",
  today: "https://aws.amazon.com/vpc/pricing/",
};

/** A public IPv4 address, the same in every region. */
export const PUBLIC_ADDRESS: Price = {
  what: { en: "Public IPv4 address", ja: "パブリック IPv4 アドレス" },
  usdPerHour: 0.005,
  asOf: "2024-02-01",
  source: "https://www.doit.com/aws-public-ipv4-price-increase-the-complete-guide/",
  today: "https://aws.amazon.com/vpc/pricing/",
};
