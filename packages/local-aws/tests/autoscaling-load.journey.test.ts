import {
  ApplicationAutoScalingClient,
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SystemClock } from "../src/clock/system-clock.ts";
import { WebServices } from "../src/engine/scheduler/testing/web-services.ts";
import { Load, type Web } from "../src/engine/scheduler/testing/web.ts";

const TARGET = {
  ServiceNamespace: "ecs",
  ResourceId: "service/c/web",
  ScalableDimension: "ecs:service:DesiredCount",
} as const;

let services: WebServices;
let client: ApplicationAutoScalingClient;
let web: Web;
beforeAll(async () => {
  services = await WebServices.start({ clock: new SystemClock(60) });
  client = new ApplicationAutoScalingClient(services.cloud.test.clientConfig);
  web = await services.create("web", { VERSION: "1" }, { desiredCount: 1 });
  await services.steady("web");
});
afterAll(async () => {
  client.destroy();
  await services.stop();
});

const running = (count: number) =>
  vi.waitFor(async () => expect((await services.cloud.service("web")).runningCount).toBe(count), {
    timeout: 120_000,
    interval: 100,
  });

test("requests make tasks appear, and quiet makes them go, sixty times faster than on AWS", async () => {
  await client.send(
    new RegisterScalableTargetCommand({ ...TARGET, MinCapacity: 1, MaxCapacity: 4 }),
  );
  const suffix = (arn: string) => arn.replace(/^.*:(loadbalancer\/)?/, "");
  await client.send(
    new PutScalingPolicyCommand({
      ...TARGET,
      PolicyName: "requests",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 10,
        ScaleOutCooldown: 60,
        ScaleInCooldown: 60,
        PredefinedMetricSpecification: {
          PredefinedMetricType: "ALBRequestCountPerTarget",
          ResourceLabel: `${suffix(web.loadBalancerArn)}/${suffix(web.targetGroupArn)}`,
        },
      },
    }),
  );
  // A minute is a second here: far more than four times ten requests in each.
  const load = new Load(web.url, { clients: 4, perSecond: 100 });
  await running(4);
  await load.stop();
  await running(1);
  const { ScalingActivities } = await client.send(new DescribeScalingActivitiesCommand(TARGET));
  expect(ScalingActivities!.length).toBeGreaterThan(3);
  for (const { Cause } of ScalingActivities!)
    expect(Cause).toMatch(
      /^monitor alarm TargetTracking-service\/c\/web-Alarm(High|Low)-[0-9a-f-]+ in state ALARM triggered policy requests$/,
    );
  await vi.waitFor(
    async () => {
      const { ScalingActivities: [last] = [] } = await client.send(
        new DescribeScalingActivitiesCommand(TARGET),
      );
      expect(last).toMatchObject({
        StatusCode: "Successful",
        StatusMessage: "Successfully set desired count to 1. Change successfully fulfilled by ecs.",
      });
    },
    { timeout: 60_000 },
  );
});
