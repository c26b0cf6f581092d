import { setTimeout as delay } from "node:timers/promises";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type CreateTargetGroupCommandInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ContainerDefinition, NetworkConfiguration } from "@aws-sdk/client-ecs";
import { vi } from "vitest";
import type { TinyImage } from "./push-tiny-image.ts";
import type { TaskCloud } from "./task-cloud.ts";

/** The port that the program is told to listen on. */
export const WEB_PORT = 3000;

/** Answers its version and process id on `/`, and what `HEALTH` says on `/healthz` from `READY_MS` on; ends well. */
export const WEB_IMAGE: TinyImage = {
  files: {
    "main.js": `
      const { createServer } = require("node:http");
      const { PORT, VERSION, HEALTH = "200", READY_MS = "0", EXIT } = process.env;
      if (EXIT) process.exit(Number(EXIT));
      const since = Date.now();
      const server = createServer((request, response) => {
        const ready = Date.now() - since >= Number(READY_MS);
        if (request.url === "/healthz") response.statusCode = ready ? Number(HEALTH) : 503;
        setTimeout(() => response.end(VERSION + " " + process.pid), request.url === "/healthz" ? 0 : 5);
      });
      server.listen(PORT, () => console.log(JSON.stringify({ what: "listening", port: PORT })));
      process.on("SIGTERM", () => server.close(() => process.exit(0)));`,
  },
  config: { Cmd: ["node", "/main.js"], Env: [`PORT=${WEB_PORT}`] },
};

/** A container of {@link WEB_IMAGE} with its variables. */
export const webContainer = (
  image: string,
  variables: Readonly<Record<string, string>>,
): ContainerDefinition => ({
  name: "web",
  image,
  portMappings: [{ containerPort: WEB_PORT }],
  environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
});

/** A target group behind a listener of a load balancer of its own. */
export interface Web {
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
  readonly network: NetworkConfiguration;
  /** Where the listener is on this machine. */
  readonly url: string;
}

/** Makes a load balancer with one listener (on a port that no other uses) and a target group that checks `/healthz`; everybody may reach everything. */
export async function createWeb(
  cloud: TaskCloud,
  name: string,
  listenerPort: number,
  group: Partial<CreateTargetGroupCommandInput> = {},
): Promise<Web> {
  const elb = new ElasticLoadBalancingV2Client(cloud.test.clientConfig);
  const groupId = await openGroup(cloud, name);
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: name,
      Subnets: cloud.subnets.slice(0, 2),
      SecurityGroups: [groupId],
    }),
  );
  const { LoadBalancerArn, VpcId } = LoadBalancers![0]!;
  const targetGroupArn = await createGroup(elb, name, { VpcId, ...group });
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancerArn!,
      Port: listenerPort,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
    }),
  );
  elb.destroy();
  const { host, port } = await vi.waitFor(
    () => {
      const listeners = cloud.test.cloud.engine.effectiveListeners();
      const own = listeners.find((it) => it.loadBalancerArn === LoadBalancerArn);
      return own?.addresses[0] ?? Promise.reject(new Error("the listener is not open"));
    },
    { timeout: 60_000 },
  );
  return {
    loadBalancerArn: LoadBalancerArn!,
    targetGroupArn,
    network: {
      awsvpcConfiguration: {
        subnets: cloud.subnets.slice(0, 2),
        securityGroups: [groupId],
        assignPublicIp: "ENABLED",
      },
    },
    url: `http://${host}:${port}/`,
  };
}

/** Makes a target group of addresses, drained within half a minute. @returns its ARN */
async function createGroup(
  elb: ElasticLoadBalancingV2Client,
  Name: string,
  group: Partial<CreateTargetGroupCommandInput>,
): Promise<string> {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name,
      Protocol: "HTTP",
      Port: 80,
      TargetType: "ip",
      HealthCheckPath: "/healthz",
      ...group,
    }),
  );
  const { TargetGroupArn } = TargetGroups![0]!;
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: TargetGroupArn!,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    }),
  );
  return TargetGroupArn!;
}

async function openGroup(cloud: TaskCloud, name: string): Promise<string> {
  const { GroupId } = await cloud.ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: name }),
  );
  await cloud.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: GroupId!,
      IpPermissions: [
        { IpProtocol: "tcp", FromPort: 0, ToPort: 65_535, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
      ],
    }),
  );
  return GroupId!;
}

/** How a {@link Load} asks. */
export interface LoadOptions {
  readonly clients?: number;
  /** Requests a second of all clients together; as many as they can without it. */
  readonly perSecond?: number;
}

/** Asks `url` over and over from several clients at once until stopped. */
export class Load {
  /** How often each body (or fault) was seen. */
  readonly answers = new Map<string, number>();
  readonly #clients: Promise<void>[];
  #stopped = false;

  constructor(url: string, { clients = 8, perSecond = Infinity }: LoadOptions = {}) {
    const intervalMs = (clients * 1000) / perSecond;
    this.#clients = Array.from({ length: clients }, async () => {
      // A client that was kept waiting catches up, so that the rate holds whatever the answers take.
      for (let next = performance.now(); !this.#stopped; next += intervalMs) {
        if (next > performance.now()) await delay(next - performance.now());
        this.#count(await ask(url));
      }
    });
  }

  /** Answers that were not 200, and connections that broke. */
  get failures(): string[] {
    return [...this.answers.keys()].filter((answer) => !answer.startsWith("200 "));
  }

  /** How many requests {@link failures} are. */
  get failed(): number {
    return this.failures.reduce((sum, answer) => sum + this.answers.get(answer)!, 0);
  }

  get count(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  #count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return `broken: ${String((error as Error).cause ?? error)}`;
  }
}
