import type { Mount } from "../ground/http.ts";
import type { Logger } from "../ground/logger.ts";
import type { EngineContext, EnginePart } from "./engine.ts";
import { ExecAgents } from "./exec/exec-agents.ts";
import { ExecSessions } from "./exec/exec-sessions.ts";
import { CodeBuildPart, type CodeBuildNeeds } from "./codebuild/codebuild-part.ts";
import { CodeDeployPart } from "./codedeploy/codedeploy-part.ts";
import { PipelinePart } from "./codepipeline/pipeline-part.ts";
import { startOnPush } from "./codepipeline/triggers.ts";
import { DiskRoom } from "./disk-room.ts";
import { ImageExpiry } from "./images/image-expiry.ts";
import { DeliveriesPart } from "./events/deliveries-part.ts";
import { EcsEvents } from "./events/ecs-events.ts";
import { RuleSchedules } from "./events/rule-schedules.ts";
import { SchedulesPart } from "./events/schedules-part.ts";
import { createImagePuller } from "./images/puller.ts";
import { createRegistry } from "./images/registry.ts";
import type { RegistriesOptions } from "@workbook/registry-client";
import { createLoadBalancers, type EffectiveListener } from "./load-balancer/load-balancers.ts";
import type { ListenerAnswer } from "./load-balancer/request-listener.ts";
import { Leftovers } from "./leftovers.ts";
import { CloudWatchLogRouter } from "./logs/log-router.ts";
import { TaskEndpoints } from "./metadata/task-endpoints.ts";
import { InsideDoors } from "./task-network/inside/inside-doors.ts";
import { API_ADDRESS, METADATA_ADDRESS } from "./task-network/router/router.ts";
import { RESOLVER_OF_ALL } from "./task-network/router/rule-set.ts";
import { HttpDeliveries } from "./notifications/http-deliveries.ts";
import { MessageMoves } from "./notifications/message-moves.ts";
import { Pushes } from "./repositories/pushes.ts";
import { notificationPages } from "./notifications/notification-pages.ts";
import { FlowLogs } from "./network/flow-logs/flow-logs-part.ts";
import { NetworkPart } from "./network/network-part.ts";
import { connectLogs } from "./runtime/containers/connect-log.ts";
import type { Room } from "./runtime/containers/room.ts";
import { InstanceNetworks } from "./runtime/containers/instance-networks.ts";
import { AlarmNotices } from "./metrics/alarm-notices.ts";
import { AlarmsPart } from "./metrics/alarms-part.ts";
import { BalancerMetrics } from "./metrics/balancer-metrics.ts";
import { LogMetrics } from "./metrics/log-metrics.ts";
import { TaskMetrics } from "./metrics/task-metrics.ts";
import { GroupsPart } from "./instances/groups-part.ts";
import { ScalingPart } from "./instances/scaling-part.ts";
import { ScheduledActions } from "./scaling/scheduled-actions.ts";
import { ServiceScaling } from "./scaling/service-scaling.ts";
import { InstancesPart, type InstanceHost } from "./instances/instances-part.ts";
import { createScheduler } from "./scheduler/scheduler.ts";
import { topology, type Topology } from "./topology.ts";
import { createTier, type TierOptions } from "./task-tiers.ts";

export interface EngineOptions extends TierOptions {
  readonly listeners: "exact" | "offset" | "ephemeral";
  readonly maxLogBytes: number;
  readonly registries: RegistriesOptions;
  readonly imageBuilder: string | undefined;
}

/** Everything that happens behind the API. */
export interface Engine {
  start(): Promise<void>;
  /** Stops all parts; resolves when no timer, socket or process of theirs is left. */
  stop(): Promise<void>;
  /** What the front door serves for the engine: the registry, the task endpoints. */
  readonly mounts: readonly Mount[];
  /** Facts for `health` and `status`. */
  describe(): Record<string, unknown>;
  topology(): Topology;
  /** Where the listeners of load balancers are really reached. */
  effectiveListeners(): readonly EffectiveListener[];
  /** Sends a GET through a listener and tells who answered; undefined where there is no such listener. */
  request(listenerArn: string, path: string): Promise<ListenerAnswer> | undefined;
}

type Tier = ReturnType<typeof createTier>;

interface SharedParts {
  readonly loadBalancers: ReturnType<typeof createLoadBalancers>;
  readonly logs: CloudWatchLogRouter;
  readonly metadata: TaskEndpoints;
  readonly images: ReturnType<typeof createImagePuller>;
  readonly sessions: ExecSessions;
  readonly codebuild: CodeBuildPart;
  /** The API as tasks reach it. */
  readonly apiEndpoint: string;
}

/** Puts the engine's parts together. Parts are started in order and stopped in the opposite one. */
export function createEngine(context: EngineContext, options: EngineOptions): Engine {
  const tier = createTier(context, options);
  const shared = createShared(context, options, tier);
  const { loadBalancers, logs, metadata, sessions } = shared;
  const parts = createParts(context, tier, shared);
  const started: EnginePart[] = [];
  return {
    mounts: [createRegistry(context), metadata, sessions, ...notificationPages(context)],
    describe: () => ({
      tasks: tier.info(),
      loadBalancers: loadBalancers.describe(),
      logs: logs.describe(),
      unwritten: context.store.writer.unwritten,
    }),
    topology: () => topology(context.store),
    effectiveListeners: () => loadBalancers.effectiveListeners(),
    request: (listenerArn, path) => loadBalancers.request(listenerArn, path),
    start: async () => {
      for (const part of parts) {
        started.unshift(part);
        await part.start();
      }
    },
    stop: () => stopAll(started.splice(0), context.logger),
  };
}

/** The parts that others are given. */
function createShared(
  context: EngineContext,
  options: EngineOptions,
  { driver, room }: Tier,
): SharedParts {
  const { store, clock, settings } = context;
  const loadBalancers = createLoadBalancers(context, {
    endpoint: (at, port) => driver.endpoint(at, port),
    listenersMode: options.listeners,
    ...(room && { room }),
  });
  const logs = createLogs(context, options.maxLogBytes, room);
  const inside = room !== undefined;
  const metadata = new TaskEndpoints({ store, clock, settings, driver, inside });
  const { registries, imageBuilder } = options;
  const images = createImagePuller(
    context,
    options.tasks.driver === "off" ? undefined : registries,
  );
  const sessions = new ExecSessions(context, driver, logs);
  const apiEndpoint = room ? `http://${API_ADDRESS}` : settings.endpoint;
  const needs = { driver, images, metadata, router: logs, apiEndpoint, imageBuilder, registries };
  const codebuild = createBuilds(context, needs);
  return { loadBalancers, logs, metadata, images, sessions, apiEndpoint, codebuild };
}

/** All parts, in the order in which they start. */
function createParts(
  context: EngineContext,
  { driver, room, network = [], instances }: Tier,
  { loadBalancers, logs, metadata, images, sessions, apiEndpoint, codebuild }: SharedParts,
): EnginePart[] {
  return [
    ...network,
    ...(room ? [new InsideDoors(context, room, metadata, [codebuild.door])] : []),
    new DiskRoom(context),
    new NetworkPart(context),
    ...(room ? [new FlowLogs(context, room)] : []),
    new Leftovers(context),
    new ImageExpiry(context),
    ...messageParts(context),
    logs,
    loadBalancers,
    createInstances(context, room, instances),
    ...scalingParts(context),
    createAlarms(context, driver, loadBalancers),
    ...eventParts(context),
    { name: "tasks", start: async () => {}, stop: () => driver.close() },
    { name: "image pulls", start: async () => {}, stop: () => images.close() },
    new ExecAgents(context),
    sessions,
    codebuild,
    // Uses all the others, so it starts last and stops first.
    createScheduler(context, { driver, images, logs, metadata, apiEndpoint }),
  ];
}

function createLogs(
  { store, clock, logger }: EngineContext,
  maxBytes: number,
  room: Room | undefined,
): CloudWatchLogRouter {
  const connect = room && connectLogs(room);
  return new CloudWatchLogRouter({ store, clock, logger, maxBytes, connect });
}

/** One that fails keeps no other from stopping: what would be left is tasks and ports. */
async function stopAll(parts: readonly EnginePart[], logger: Logger): Promise<void> {
  for (const part of parts) {
    try {
      await part.stop();
    } catch (error) {
      logger.error(`${part.name} did not stop`, error);
    }
  }
}

/** What brings messages to where they are to be. */
const messageParts = (context: EngineContext): EnginePart[] => [
  new HttpDeliveries(context),
  new MessageMoves(context),
];

/** Who makes more and fewer of what runs, and who is told of alarms before there is one. */
const scalingParts = (context: EngineContext): EnginePart[] => [
  new GroupsPart(context),
  new ScalingPart(context),
  new ServiceScaling(context),
  new ScheduledActions(context),
  new AlarmNotices(context),
];

const createAlarms = (
  context: EngineContext,
  driver: Tier["driver"],
  loadBalancers: SharedParts["loadBalancers"],
): AlarmsPart =>
  new AlarmsPart(context, [
    new TaskMetrics(context.store, driver),
    new BalancerMetrics(context.store, loadBalancers),
    new LogMetrics(context.store, context.clock),
  ]);

/** What puts events on buses comes after what brings them to their targets. */
const eventParts = (context: EngineContext): EnginePart[] => [
  new DeliveriesPart(context),
  new EcsEvents(context),
  new CodeDeployPart(context),
  new PipelinePart(context),
  new Pushes(context, (ref) => startOnPush(context, ref)),
  new RuleSchedules(context),
  new SchedulesPart(context),
];

/** Builds run in containers that are in no VPC. */
const createBuilds = (
  context: EngineContext,
  needs: Omit<CodeBuildNeeds, "nameServer" | "agentUrl">,
): CodeBuildPart =>
  new CodeBuildPart(context, {
    ...needs,
    nameServer: RESOLVER_OF_ALL,
    agentUrl: `http://${METADATA_ADDRESS}/codebuild/`,
  });

function createInstances(
  context: EngineContext,
  room: Room | undefined,
  host: InstanceHost | undefined,
): InstancesPart {
  const part = new InstancesPart(context, host);
  room?.onRemade(async () => {
    if (host instanceof InstanceNetworks) host.forget();
    await part.reopen();
  });
  return part;
}
