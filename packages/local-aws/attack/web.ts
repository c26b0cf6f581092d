import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Place } from "./raw.ts";

/** A load balancer, where its one listener is, and the service behind it. */
export interface Web extends Place {
  readonly loadBalancerArn: string;
  readonly listenerArn: string;
  readonly targetGroupArn: string;
  /** The load balancer's name, for `Host`. */
  readonly dnsName: string;
}

/** Makes a load balancer with one listener and an empty target group, all of one name. */
export async function createBalancer(
  elb: ElasticLoadBalancingV2Client,
  Name: string,
  subnets: string[],
  securityGroup: string,
): Promise<Omit<Web, "host" | "port">> {
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name,
      Subnets: subnets,
      SecurityGroups: [securityGroup],
    }),
  );
  const { LoadBalancerArn, VpcId, DNSName } = LoadBalancers![0]!;
  const checks = { HealthCheckPath: "/healthz", HealthCheckIntervalSeconds: 10 };
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: "HTTP",
      Port: 80,
      VpcId: VpcId!,
      TargetType: "ip",
      ...checks,
      HealthyThresholdCount: 2,
    }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancerArn!,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: TargetGroupArn! }],
    }),
  );
  return {
    loadBalancerArn: LoadBalancerArn!,
    listenerArn: Listeners![0]!.ListenerArn!,
    targetGroupArn: TargetGroupArn!,
    dnsName: DNSName!,
  };
}
