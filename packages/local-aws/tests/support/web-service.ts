import { CreateServiceCommand } from "@aws-sdk/client-ecs";
import { expect, vi } from "vitest";
import { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";
import {
  createWeb,
  WEB_IMAGE,
  WEB_PORT,
  webContainer,
  type Web,
} from "../../src/engine/scheduler/testing/web.ts";

/** A cloud in which the service `web` of the cluster `c` runs two tasks behind a load balancer, and logs to `/tasks`. */
export class WebService {
  readonly cloud: TaskCloud;
  readonly web: Web;

  private constructor(cloud: TaskCloud, web: Web) {
    this.cloud = cloud;
    this.web = web;
  }

  /** Resolves when the service is steady. */
  static async start(): Promise<WebService> {
    const cloud = await TaskCloud.start();
    const web = await createWeb(cloud, "web", 8000);
    const container = webContainer(await cloud.push("web", WEB_IMAGE), { VERSION: "one" });
    const taskDefinition = await cloud.define("web", [
      { ...container, logConfiguration: cloud.logTo() },
    ]);
    await cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: "web",
        taskDefinition,
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: web.network,
        healthCheckGracePeriodSeconds: 60,
        loadBalancers: [
          { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: WEB_PORT },
        ],
      }),
    );
    await vi.waitFor(
      async () =>
        expect((await cloud.service("web")).deployments).toMatchObject([
          { rolloutState: "COMPLETED" },
        ]),
      { timeout: 40_000, interval: 50 },
    );
    return new WebService(cloud, web);
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }
}
