import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ManualClock } from "../../../clock/manual-clock.ts";
import { Calendar } from "../../../clock/calendar.ts";
import type { Clock } from "../../../clock/clock.ts";
import { service as ec2 } from "../../../services/ec2/service.ts";
import { securityGroups, subnets, vpcs } from "../../../services/ec2/state.ts";
import { service as elbv2 } from "../../../services/elbv2/service.ts";
import { targetHealths } from "../../../services/elbv2/state.ts";
import { registerTarget } from "../../../services/elbv2/targets.ts";
import type { CallContext, Service } from "../../../services/service.ts";
import type { Scope } from "../../../store/store.ts";
import { Store } from "../../../store/store.ts";
import type { EngineContext } from "../../engine.ts";
import { type CloudEvent, EventChannel } from "../../../ground/event-channel.ts";
import {
  createNetworkInterface,
  deleteNetworkInterface,
} from "../../../services/ec2/interfaces.ts";
import type { Endpoint } from "../../runtime/driver.ts";
import { createLoadBalancers, type LoadBalancers } from "../load-balancers.ts";
import type { ListenersMode } from "../needs.ts";
import { type Answer, fetchPort } from "./fetch-port.ts";

const ACCOUNT = "123456789012";
const REGION = "ap-northeast-1";
export const HOME = "203.0.113.10";

/** A program behind a target, and the interface that its task would have. */
export interface TestTarget {
  readonly address: string;
  readonly port: number;
  readonly server: Server;
  readonly networkInterfaceId: string;
}

/**
 * The load balancers' part of the engine over a real store and network, with real HTTP servers in the place of tasks.
 * Time stands still unless a test moves it.
 */
export class BalancedCloud {
  readonly clock: ManualClock;
  readonly store = Store.open(":memory:");
  readonly scope: Scope = this.store.scope(ACCOUNT, REGION);
  readonly events: CloudEvent[] = [];
  readonly errors: string[] = [];
  readonly balancers: LoadBalancers;
  readonly #context: EngineContext;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #servers: Server[] = [];
  #targetGroup = 0;

  constructor(listenersMode: ListenersMode = "ephemeral", clock: Clock | undefined = undefined) {
    this.clock = new ManualClock();
    const events = new EventChannel();
    events.watch((event) => this.events.push(event));
    const time = clock ?? this.clock;
    this.#context = {
      store: this.store,
      clock: time,
      calendar: new Calendar(time),
      settings: { dataDir: "/nonexistent", endpoint: "http://127.0.0.1:0", homeAddress: HOME },
      events,
      logger: {
        info: () => {},
        error: (message, error) => this.errors.push(`${message} ${String(error)}`),
      },
    };
    this.store.transaction(() =>
      ec2.seed!({ account: ACCOUNT, region: REGION, store: this.scope, clock: this.clock }),
    );
    this.balancers = createLoadBalancers(this.#context, {
      endpoint: ({ networkInterfaceId }, port) =>
        this.#endpoints.get(`${networkInterfaceId}:${port}`),
      listenersMode,
    });
  }

  async stop(): Promise<void> {
    await this.balancers.stop();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    this.store.close();
  }

  /** Calls an operation of EC2 or Elastic Load Balancing. */
  call<Output = Record<string, never>>(operation: string, input: object): Output {
    const service: Service = operation in elbv2.handlers ? elbv2 : ec2;
    const context: CallContext = {
      account: ACCOUNT,
      region: REGION,
      requestId: "test",
      principal: { account: ACCOUNT, arn: "", userId: "", accessKeyId: "" },
      store: this.scope,
      cloud: this.store,
      clock: this.clock,
      settings: this.#context.settings,
    };
    return this.store.transaction(() => service.handlers[operation]!(input, context) as Output);
  }

  get vpcId(): string {
    return this.scope.of(vpcs).values()[0]!.vpcId;
  }

  get subnetIds(): string[] {
    return this.scope
      .of(subnets)
      .values()
      .map(({ subnetId }) => subnetId);
  }

  /** The VPC's own group: admits members of itself, and sends anywhere. */
  get defaultGroupId(): string {
    return this.scope.of(securityGroups).find(({ groupName }) => groupName === "default")!.groupId;
  }

  /** A security group that admits the home address to all TCP ports. */
  openGroup(name: string): string {
    const { GroupId } = this.call<{ GroupId: string }>("CreateSecurityGroup", {
      GroupName: name,
      Description: name,
      VpcId: this.vpcId,
    });
    this.authorize(GroupId, { CidrIp: `${HOME}/32` });
    return GroupId;
  }

  authorize(groupId: string, source: { CidrIp: string } | { GroupId: string }): void {
    const grant = "CidrIp" in source ? { IpRanges: [source] } : { UserIdGroupPairs: [source] };
    this.call("AuthorizeSecurityGroupIngress", {
      GroupId: groupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 0, ToPort: 65_535, ...grant }],
    });
  }

  /** An active, internet-facing load balancer in two zones; its ARN. */
  async balancer(name: string, groups?: readonly string[]): Promise<string> {
    const SecurityGroups = groups ?? [this.openGroup(`${name}-open`), this.defaultGroupId];
    const { LoadBalancers: made } = this.call<{ LoadBalancers: { LoadBalancerArn: string }[] }>(
      "CreateLoadBalancer",
      { Name: name, Subnets: this.subnetIds.slice(0, 2), SecurityGroups },
    );
    await this.balancers.settled();
    await this.clock.advance(60_000);
    return made[0]!.LoadBalancerArn;
  }

  /** A target group of addresses whose health check is `/`; its ARN. */
  targetGroup(more: object = {}, attributes: Readonly<Record<string, string>> = {}): string {
    const { TargetGroups } = this.call<{ TargetGroups: { TargetGroupArn: string }[] }>(
      "CreateTargetGroup",
      {
        Name: `group-${++this.#targetGroup}`,
        Protocol: "HTTP",
        Port: 8080,
        VpcId: this.vpcId,
        TargetType: "ip",
        ...more,
      },
    );
    const arn = TargetGroups[0]!.TargetGroupArn;
    const Attributes = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
    if (Attributes.length > 0)
      this.call("ModifyTargetGroupAttributes", { TargetGroupArn: arn, Attributes });
    return arn;
  }

  /** A listener that forwards to a target group, or does `action`; its ARN. */
  listener(balancer: string, port: number, action: string | object): string {
    const { Listeners } = this.call<{ Listeners: { ListenerArn: string }[] }>("CreateListener", {
      LoadBalancerArn: balancer,
      Port: port,
      Protocol: "HTTP",
      DefaultActions: [
        typeof action === "string" ? { Type: "forward", TargetGroupArn: action } : action,
      ],
    });
    return Listeners[0]!.ListenerArn;
  }

  /** Starts a program and registers it with a target group, as a task's interface in the first subnet. */
  async target(group: string, program: RequestListener, port = 8080): Promise<TestTarget> {
    const server = createServer(program);
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const eni = this.store.transaction(() =>
      createNetworkInterface(this.scope, {
        subnetId: this.subnetIds[0]!,
        securityGroupIds: [this.defaultGroupId],
        now: this.clock.now(),
      }),
    );
    const { networkInterfaceId, privateIpAddress: address } = eni;
    const real = (server.address() as AddressInfo).port;
    this.#endpoints.set(`${networkInterfaceId}:${port}`, { host: "127.0.0.1", port: real });
    this.store.transaction(() =>
      registerTarget(this.scope, {
        targetGroupArn: group,
        id: address,
        port,
        availabilityZone: eni.availabilityZone,
        now: this.clock.now(),
      }),
    );
    return { address, port, server, networkInterfaceId };
  }

  /** What the driver would say of a target's port from now on. */
  setEndpoint(target: TestTarget, endpoint: Endpoint | undefined): void {
    const key = `${target.networkInterfaceId}:${target.port}`;
    if (endpoint) this.#endpoints.set(key, endpoint);
    else this.#endpoints.delete(key);
  }

  /** Ends a target as a stopped task ends: no interface, nothing at its address. */
  removeInterface(target: TestTarget): void {
    this.setEndpoint(target, undefined);
    this.store.transaction(() => deleteNetworkInterface(this.scope, target.networkInterfaceId));
  }

  /** Health states of a target group, in the order of registration. */
  states(group: string): string[] {
    return this.scope
      .of(targetHealths)
      .filter(({ targetGroupArn }) => targetGroupArn === group)
      .map(({ state }) => state);
  }

  /** The port of this machine on which a listener answers. */
  portOf(listener: string): number {
    const found = this.balancers.effectiveListeners().find((l) => l.listenerArn === listener);
    const port = found?.addresses[0]?.port;
    if (port === undefined) throw new Error(`listener ${listener} is nowhere: ${found?.problem}`);
    return port;
  }

  /** Sends a request to a listener and reads the answer. Rejects where the connection breaks, or on `signal`. */
  fetch(
    listener: string,
    options: {
      path?: string;
      method?: string;
      headers?: Record<string, string | string[]>;
      body?: string;
      signal?: AbortSignal;
    } = {},
  ): Promise<Answer> {
    return fetchPort(this.portOf(listener), options);
  }
}

/** Starts the part and answers the cloud around it. */
export async function startBalancedCloud(mode?: ListenersMode): Promise<BalancedCloud> {
  const cloud = new BalancedCloud(mode);
  await cloud.balancers.start();
  return cloud;
}
