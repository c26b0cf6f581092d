import type { Language } from "../page-words.ts";

/** What Local AWS's codes for a closed way mean, in a few words. */
export const closedWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  UnknownNetworkInterface: {
    en: "the network interface is gone",
    ja: "ネットワークインターフェイスがもうない",
  },
  SecurityGroupEgress: {
    en: "the sender's security group does not let it out",
    ja: "送信元のセキュリティグループが送信を許可していない",
  },
  SecurityGroupIngress: {
    en: "the receiver's security group does not let it in",
    ja: "宛先のセキュリティグループが受信を許可していない",
  },
  NetworkAcl: { en: "a network ACL stops it", ja: "ネットワーク ACL が拒否している" },
  NoRoute: {
    en: "the subnet's route table has no route there",
    ja: "ルートテーブルに宛先へのルートがない",
  },
  Blackhole: {
    en: "the route's target is gone or not attached",
    ja: "ルートのターゲットがないか、アタッチされていない",
  },
  NoPublicAddress: { en: "there is no public address", ja: "パブリック IP アドレスがない" },
  NatGatewayNotAvailable: {
    en: "the NAT gateway is not available",
    ja: "NAT ゲートウェイが available でない",
  },
  NatGatewayWithoutInternet: {
    en: "the NAT gateway stands where there is no way to the internet",
    ja: "NAT ゲートウェイが、インターネットに出られるサブネットにない",
  },
  DnsDisabled: { en: "the VPC does not resolve names", ja: "VPC の名前解決が無効になっている" },
  EndpointNotAvailable: {
    en: "the VPC endpoint is not available",
    ja: "VPC エンドポイントが available でない",
  },
};
