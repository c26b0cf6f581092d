/** What Local AWS's codes for a closed way mean, in Japanese. */
export const closedWords: Readonly<Record<string, string>> = {
  UnknownNetworkInterface: "ネットワークインターフェイスがもうありません。",
  SecurityGroupEgress: "送信元のセキュリティグループが、送信を許可していません。",
  SecurityGroupIngress: "宛先のセキュリティグループが、受信を許可していません。",
  NetworkAcl: "ネットワーク ACL が通信を拒否しています。",
  NoRoute: "ルートテーブルに、宛先へのルートがありません。",
  Blackhole: "ルートのターゲットがないか、アタッチされていません。",
  NoPublicAddress:
    "インターネットゲートウェイへのルートはありますが、パブリック IP アドレスがありません。",
  NatGatewayNotAvailable: "NAT ゲートウェイが available になっていません。",
  NatGatewayWithoutInternet: "NAT ゲートウェイが、インターネットに出られるサブネットにありません。",
  DnsDisabled: "VPC で DNS の名前解決が有効になっていません。",
  EndpointNotAvailable: "VPC エンドポイントが available になっていません。",
};
