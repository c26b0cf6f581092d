import {
  CreateServiceCommand,
  DeleteServiceCommand,
  type CreateServiceCommandInput,
  type Service,
} from "@aws-sdk/client-ecs";
import { expect, vi } from "vitest";
import type { LocalAwsOptions } from "../../../local-aws.ts";
import { TaskCloud } from "./task-cloud.ts";
import { createWeb, WEB_IMAGE, WEB_PORT, webContainer, type Web } from "./web.ts";

/** A cloud whose services run {@link WEB_IMAGE}, each behind a load balancer of its own. */
export class WebServices {
  readonly cloud: TaskCloud;
  readonly #image: string;
  #count = 0;

  private constructor(cloud: TaskCloud, image: string) {
    this.cloud = cloud;
    this.#image = image;
  }

  static async start(options: LocalAwsOptions = {}): Promise<WebServices> {
    const cloud = await TaskCloud.start(options);
    return new WebServices(cloud, await cloud.push("web", WEB_IMAGE));
  }

  /** Ends everything, and looks whether the server had to complain. */
  async stop(): Promise<void> {
    await this.cloud.stop();
    expect(this.cloud.test.errors).toEqual([]);
  }

  /** Registers a definition whose container has these variables, and logs; its ARN. */
  define(family: string, variables: Readonly<Record<string, string>>): Promise<string> {
    const container = webContainer(this.#image, variables);
    return this.cloud.define(family, [{ ...container, logConfiguration: this.cloud.logTo() }]);
  }

  /** A load balancer and a target group for a service. */
  web(name: string): Promise<Web> {
    return createWeb(this.cloud, name, 8000 + ++this.#count);
  }

  /** A service of two tasks behind a load balancer. */
  async create(
    name: string,
    variables: Readonly<Record<string, string>>,
    more: Partial<CreateServiceCommandInput> = {},
  ): Promise<Web> {
    const web = await this.web(name);
    await this.cloud.ecs.send(
      new CreateServiceCommand({
        cluster: "c",
        serviceName: name,
        taskDefinition: await this.define(name, variables),
        desiredCount: 2,
        launchType: "FARGATE",
        networkConfiguration: web.network,
        healthCheckGracePeriodSeconds: 60,
        loadBalancers: [
          { targetGroupArn: web.targetGroupArn, containerName: "web", containerPort: WEB_PORT },
        ],
        ...more,
      }),
    );
    return web;
  }

  /** Resolves when the service has one deployment, COMPLETED, and says that it is steady. */
  steady(name: string): Promise<Service> {
    return vi.waitFor(
      async () => {
        const service = await this.cloud.service(name);
        expect(service.deployments).toHaveLength(1);
        expect(service.deployments![0]).toMatchObject({
          status: "PRIMARY",
          rolloutState: "COMPLETED",
        });
        expect(service.runningCount).toBe(service.desiredCount);
        expect(service.events![0]!.message).toBe(`(service ${name}) has reached a steady state.`);
        return service;
      },
      { timeout: 60_000, interval: 50 },
    );
  }

  async remove(service: string): Promise<void> {
    await this.cloud.ecs.send(new DeleteServiceCommand({ cluster: "c", service, force: true }));
  }
}
