import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { ManualClock } from "../../../clock/manual-clock.ts";
import type {
  BalancerConfiguration,
  ListenerConfiguration,
  Route,
  RuleConfiguration,
  TargetConfiguration,
  TargetGroupConfiguration,
} from "../configuration.ts";
import { DataPlane } from "../data-plane/data-plane.ts";

export const HOME = "203.0.113.10";

/** A data plane in this process, over real sockets, with a configuration that the test writes itself. */
export class ServedPlane {
  readonly clock = new ManualClock();
  readonly faults: unknown[] = [];
  readonly plane = new DataPlane(this.clock, (error) => this.faults.push(error));
  readonly #servers: { server: Server; sockets: Set<Socket> }[] = [];
  #sockets = 0;

  /** Serves a listener port on a free port of this machine; answers that one. */
  async listen(port: number, balancerArn?: string): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const info = { id: ++this.#sockets, port };
    this.plane.listen(server, balancerArn === undefined ? info : { ...info, balancerArn });
    return (server.address() as AddressInfo).port;
  }

  /** Starts an HTTP server to be a target. */
  async program(listener: RequestListener): Promise<{ route: Route; server: Server }> {
    return this.#start(createHttpServer(listener));
  }

  /** Starts a server that speaks whatever it likes. */
  async rawProgram(
    onConnection: (socket: Socket) => void,
  ): Promise<{ route: Route; server: Server }> {
    return this.#start(createServer(onConnection));
  }

  async #start(server: Server) {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {});
    });
    this.#servers.push({ server, sockets });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { route: { host: "127.0.0.1", port }, server };
  }

  /** Configures load balancers with their target groups. */
  configure(
    balancers: readonly BalancerConfiguration[],
    targetGroups: readonly TargetGroupConfiguration[],
    acceleration = 1,
  ) {
    this.plane.configure({ homeAddress: HOME, acceleration, balancers, targetGroups });
  }

  stop(): void {
    this.plane.close();
    for (const { server, sockets } of this.#servers) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }
}

export function balancer(
  name: string,
  listeners: readonly ListenerConfiguration[],
  more: Partial<BalancerConfiguration> = {},
): BalancerConfiguration {
  return {
    arn: `arn:${name}`,
    dnsName: `${name}.elb.localhost`,
    idleTimeoutMs: 60_000,
    forwardedFor: "append",
    forwardedForPort: false,
    preserveHost: false,
    dropInvalidHeaders: false,
    listeners,
    ...more,
  };
}

export function listener(
  port: number,
  rules: readonly RuleConfiguration[],
  more: Partial<ListenerConfiguration> = {},
): ListenerConfiguration {
  return {
    arn: `arn:listener:${port}`,
    port,
    admits: true,
    serverHeader: true,
    responseHeaders: [],
    rules,
    ...more,
  };
}

/** A rule without conditions: forwards everything to one group. */
export function forwardAll(arn = "group"): RuleConfiguration {
  return {
    arn: "rule",
    conditions: [],
    action: { type: "forward", targetGroups: [{ arn, weight: 1 }] },
  };
}

export function group(
  targets: readonly TargetConfiguration[],
  more: Partial<TargetGroupConfiguration> = {},
): TargetGroupConfiguration {
  return {
    arn: "group",
    tls: false,
    algorithm: "round_robin",
    slowStartMs: 0,
    minimumHealthy: 1,
    targets,
    ...more,
  };
}

export function target(route: Route, more: Partial<TargetConfiguration> = {}): TargetConfiguration {
  const key = typeof route === "string" ? route : `${route.host}:${route.port}`;
  return { key, state: "healthy", healthySince: 0, route, ...more };
}
