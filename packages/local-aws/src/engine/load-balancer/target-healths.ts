import {
  DRAINING,
  INITIAL,
  NOT_IN_USE,
  ZONE_NOT_ENABLED,
  type HealthWords,
} from "../../services/elbv2/health-words.ts";
import {
  loadBalancers,
  registrationId,
  targetGroups,
  targetHealths,
  targetRegistrations,
  type LoadBalancer,
  type TargetGroup,
  type TargetHealth,
  type TargetRegistration,
} from "../../services/elbv2/state.ts";
import { usersOf } from "../../services/elbv2/target-groups.ts";
import type { Scope } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";
import { Draining } from "./draining.ts";
import { HealthChecker } from "./health-checker.ts";
import type { ProbeRequest } from "./messages.ts";
import type { LoadBalancerPorts } from "./ports.ts";
import { routeTo } from "./routes.ts";

interface Watched {
  readonly checker?: HealthChecker;
  readonly drain?: Draining;
}

/** Keeps the health of every registered target: who is checked, who is not in use, who drains and for how long. */
export class TargetHealths {
  readonly #context: EngineContext;
  readonly #ports: LoadBalancerPorts;
  readonly #process: DataPlaneProcess;
  readonly #watched = new Map<string, Watched>();

  constructor(context: EngineContext, ports: LoadBalancerPorts, process: DataPlaneProcess) {
    this.#context = context;
    this.#ports = ports;
    this.#process = process;
  }

  /** Brings checks and drains in line with the registrations in the store. */
  reconcile(): void {
    const { store } = this.#context;
    const seen = new Set<string>();
    store.record(() => {
      for (const collection of store.all(targetRegistrations)) {
        const { account, region } = collection.place;
        const scope = store.scope(account, region);
        for (const registration of collection.values())
          seen.add(this.#reconcileTarget(scope, registration));
        this.#forgetHealths(scope);
      }
    });
    for (const [key, watched] of this.#watched) if (!seen.has(key)) this.#unwatch(key, watched);
  }

  stop(): void {
    for (const [key, watched] of this.#watched) this.#unwatch(key, watched);
  }

  #reconcileTarget(scope: Scope, registration: Readonly<TargetRegistration>): string {
    const key = `${scope.account}|${scope.region}|${idOf(registration)}`;
    const watched = this.#watched.get(key);
    const balancer = userOf(scope, registration.targetGroupArn);
    if (registration.drainingSince !== undefined) {
      this.#put(scope, registration, DRAINING);
      if (!watched?.drain) this.#watch(key, { drain: this.#drain(scope, registration, balancer) });
      return key;
    }
    const unused = unusedWords(registration, balancer);
    if (unused) {
      this.#put(scope, registration, unused);
      if (watched) this.#unwatch(key, watched);
      return key;
    }
    const health = scope.of(targetHealths).get(idOf(registration));
    if (!health || health.state === "unused" || health.state === "draining")
      this.#put(scope, registration, INITIAL);
    if (!watched?.checker) this.#watch(key, { checker: this.#checker(scope, registration) });
    return key;
  }

  #watch(key: string, next: Watched): void {
    const before = this.#watched.get(key);
    if (before) this.#unwatch(key, before);
    this.#watched.set(key, next);
  }

  #unwatch(key: string, { checker, drain }: Watched): void {
    checker?.stop();
    drain?.cancel();
    this.#watched.delete(key);
  }

  #checker(scope: Scope, registration: Readonly<TargetRegistration>): HealthChecker {
    const group = () => scope.of(targetGroups).get(registration.targetGroupArn)!;
    return new HealthChecker(this.#context.clock, {
      settings: () => group().healthCheck,
      request: () => this.#request(scope, group(), registration),
      probe: (request, done) => this.#process.probe(request, done),
      state: () => scope.of(targetHealths).get(idOf(registration))?.state ?? "initial",
      changed: (words) =>
        this.#context.store.record(() => {
          if (scope.of(targetRegistrations).has(idOf(registration)))
            this.#put(scope, registration, words);
        }),
    });
  }

  #request(
    scope: Scope,
    { healthCheck, arn }: Readonly<TargetGroup>,
    registration: Readonly<TargetRegistration>,
  ): ProbeRequest {
    const port = healthCheck.port === "traffic-port" ? registration.port : Number(healthCheck.port);
    const balancer = userOf(scope, arn);
    return {
      route: balancer ? routeTo(scope, balancer, registration, port, this.#ports).route : "silent",
      tls: healthCheck.protocol === "HTTPS",
      path: healthCheck.path,
      host: `${registration.id}:${port}`,
    };
  }

  /** A target that no load balancer used has nothing to drain. */
  #drain(
    scope: Scope,
    registration: Readonly<TargetRegistration>,
    balancer: Readonly<LoadBalancer> | undefined,
  ): Draining {
    const { clock, store } = this.#context;
    const group = scope.of(targetGroups).get(registration.targetGroupArn)!;
    const delayMs = balancer
      ? Number(group.attributes["deregistration_delay.timeout_seconds"]) * 1000
      : 0;
    const { targetGroupArn, id, port, drainingSince } = registration;
    const end = () =>
      store.record(() => {
        const current = scope.of(targetRegistrations).get(idOf(registration));
        if (current?.drainingSince === undefined) return;
        scope.of(targetRegistrations).delete(idOf(registration));
        scope.of(targetHealths).delete(idOf(registration));
        this.#publish(scope, registration, { state: "unused", reason: "Target.NotRegistered" });
      });
    return new Draining(clock, { delayMs, since: drainingSince! }, end, (idle) =>
      this.#process.whenIdle(targetGroupArn, `${id}:${port}`, idle),
    );
  }

  /** Healths of targets that are not registered any more. */
  #forgetHealths(scope: Scope): void {
    const healths = scope.of(targetHealths);
    for (const id of healths.ids()) if (!scope.of(targetRegistrations).has(id)) healths.delete(id);
  }

  #put(scope: Scope, registration: Readonly<TargetRegistration>, words: HealthWords): void {
    const healths = scope.of(targetHealths);
    const before = healths.get(idOf(registration));
    if (before?.state === words.state && before.reason === words.reason)
      if (before.description === words.description) return;
    const { targetGroupArn, id, port } = registration;
    const since = before?.state === words.state ? before.since : this.#context.clock.now();
    const health: TargetHealth = { targetGroupArn, id, port, ...words, since };
    healths.put(idOf(registration), health);
    this.#publish(scope, registration, words);
  }

  #publish(scope: Scope, registration: Readonly<TargetRegistration>, words: HealthWords): void {
    const { account, region } = scope;
    const { targetGroupArn, id, port } = registration;
    const at = this.#context.clock.now();
    this.#context.events.publish({
      type: "elbv2.target-health",
      at,
      account,
      region,
      targetGroupArn,
      id,
      port,
      ...words,
    });
  }
}

const idOf = ({
  targetGroupArn,
  id,
  port,
}: Pick<TargetRegistration, "targetGroupArn" | "id" | "port">) =>
  registrationId(targetGroupArn, id, port);

/** The load balancer that forwards to a target group: there is at most one. */
function userOf(scope: Scope, targetGroupArn: string): Readonly<LoadBalancer> | undefined {
  const [arn] = usersOf(scope, targetGroupArn);
  return arn === undefined ? undefined : scope.of(loadBalancers).get(arn);
}

function unusedWords(
  { availabilityZone }: Readonly<TargetRegistration>,
  balancer: Readonly<LoadBalancer> | undefined,
): HealthWords | undefined {
  if (!balancer) return NOT_IN_USE;
  if (availabilityZone === undefined || availabilityZone === "all") return undefined;
  const enabled = balancer.availabilityZones.some(({ zoneName }) => zoneName === availabilityZone);
  return enabled ? undefined : ZONE_NOT_ENABLED;
}
