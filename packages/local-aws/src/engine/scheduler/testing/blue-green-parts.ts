import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  ModifyTargetGroupAttributesCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Web } from "./web.ts";

/** Another target group like that of `web`; its ARN. */
export async function alternateGroup(
  elb: ElasticLoadBalancingV2Client,
  web: Web,
  name: string,
): Promise<string> {
  const { TargetGroups: first } = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [web.targetGroupArn] }),
  );
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: `${name}-alt`,
      Protocol: "HTTP",
      Port: 80,
      VpcId: first![0]!.VpcId!,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
    }),
  );
  const TargetGroupArn = TargetGroups![0]!.TargetGroupArn!;
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    }),
  );
  return TargetGroupArn;
}

/** A rule for production and one for `/test`, which comes first: it is a path of production as well. */
export async function makeRules(
  elb: ElasticLoadBalancingV2Client,
  web: Web,
  other: string,
): Promise<[production: string, test: string]> {
  const { Listeners } = await elb.send(
    new DescribeListenersCommand({ LoadBalancerArn: web.loadBalancerArn }),
  );
  const make = async (Priority: number, path: string) => {
    const { Rules } = await elb.send(
      new CreateRuleCommand({
        ListenerArn: Listeners![0]!.ListenerArn!,
        Priority,
        Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: [path] } }],
        Actions: [
          {
            Type: "forward",
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: web.targetGroupArn, Weight: 100 },
                { TargetGroupArn: other, Weight: 0 },
              ],
            },
          },
        ],
      }),
    );
    return Rules![0]!.RuleArn!;
  };
  const test = await make(1, "/test");
  return [await make(2, "/*"), test];
}
