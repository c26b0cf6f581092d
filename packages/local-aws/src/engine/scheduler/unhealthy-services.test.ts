import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import type { AwsVpcConfiguration } from "@aws-sdk/client-ecs";
import {
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { TaskCloud } from "./testing/task-cloud.ts";
import { WebServices } from "./testing/web-services.ts";
import type { Web } from "./testing/web.ts";

let services: WebServices;
let cloud: TaskCloud;
let elb: ElasticLoadBalancingV2Client;

beforeAll(async () => {
  services = await WebServices.start();
  cloud = services.cloud;
  elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
});
afterAll(() => services.stop(), 60_000);

/** Waits until two tasks of a service have been given up, and expects AWS's words for why. */
async function expectReplacedForEver(name: string, web: Web, reason: string): Promise<void> {
  const stoppedReason = `Task failed ELB health checks in (target-group ${web.targetGroupArn})`;
  await vi.waitFor(
    async () => {
      const stopped = await cloud.tasks(name, "STOPPED");
      expect(stopped.length).toBeGreaterThanOrEqual(2);
      expect(stopped[0]).toMatchObject({ stoppedReason, stopCode: "ServiceSchedulerInitiated" });
    },
    { timeout: 60_000, interval: 100 },
  );
  const [stopped] = await cloud.tasks(name, "STOPPED");
  const id = stopped!.taskArn!.split("/").at(-1);
  const messages = await cloud.messages(name);
  expect(messages).toContain(
    `(service ${name}) (task ${id}) (port 3000) is unhealthy in (target-group ${web.targetGroupArn}) due to (reason ${reason}).`,
  );
  expect(messages).toContainEqual(
    expect.stringMatching(/Amazon ECS replaced 1 tasks due to an unhealthy status\.$/),
  );
  expect(messages).not.toContainEqual(expect.stringContaining("deployment completed"));
  await services.remove(name);
}

const ONE = { desiredCount: 1, healthCheckGracePeriodSeconds: 0 };

test("a health check that answers 404 has tasks replaced for ever", async () => {
  const web = await services.create("sick", { HEALTH: "404" }, ONE);
  await expectReplacedForEver("sick", web, "Health checks failed with these codes: [404]");
});

test("a slow start without a grace period never comes up", async () => {
  const web = await services.create("hasty", { READY_MS: "20000" }, ONE);
  await expectReplacedForEver("hasty", web, "Health checks failed with these codes: [503]");
});

test("a slow start is left alone within the grace period", async () => {
  await services.create("slow", { READY_MS: "3000" }, { desiredCount: 1 });
  await services.steady("slow");
  expect(await cloud.tasks("slow", "STOPPED")).toEqual([]);
  await services.remove("slow");
});

test("a program that listens on another port fails its health checks", async () => {
  const web = await services.create("elsewhere", { PORT: "4000" }, ONE);
  await expectReplacedForEver("elsewhere", web, "Health checks failed");
});

test("a security group that keeps the load balancer out lets its requests time out", async () => {
  const { GroupId } = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "shut", Description: "lets nobody in" }),
  );
  const closed: AwsVpcConfiguration = {
    subnets: cloud.subnets,
    securityGroups: [GroupId!],
    assignPublicIp: "ENABLED",
  };
  const web = await services.create(
    "closed",
    {},
    { ...ONE, networkConfiguration: { awsvpcConfiguration: closed } },
  );
  await elb.send(
    new ModifyTargetGroupCommand({
      TargetGroupArn: web.targetGroupArn,
      HealthCheckTimeoutSeconds: 2,
    }),
  );
  await expectReplacedForEver("closed", web, "Request timed out");
});

test("a target group in which nobody is registered answers 503", async () => {
  const { url } = await services.web("nobody");
  const answer = await vi.waitFor(
    async () => {
      const response = await fetch(url);
      expect(response.status).toBe(503);
      return response;
    },
    { timeout: 60_000 },
  );
  expect(answer.headers.get("server")).toBe("awselb/2.0");
  expect(await answer.text()).toContain("<h1>503 Service Temporarily Unavailable</h1>");
});
