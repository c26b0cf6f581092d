import {
  DRAINING,
  INITIAL,
  NOT_IN_USE,
  ZONE_NOT_ENABLED,
  type HealthWords,
} from "../../services/elbv2/health-words.ts";
import { healthsByGroup, registrationsByGroup } from "../../services/elbv2/indexes.ts";
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
import type { Scope, Store } from "../../store/store.ts";
import type { EngineContext } from "../engine.ts";
import type { Affected } from "./affected.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";
import { Draining } from "./draining.ts";
import { HealthChecker } from "./health-checker.ts";
import type { ProbeRequest } from "./messages.ts";
import type { LoadBalancerNeeds } from "./needs.ts";
import { routeTo, type TargetRoute } from "./routes.ts";
import { readArn } from "../../ground/arn.ts";

interface Watched {
  readonly checker?: HealthChecker;
  readonly drain?: Draining;
}

/** Keeps the health of every registered target: who is checked, who is not in use, who drains and for how long. */
export class TargetHealths {
  readonly #context: EngineContext;
  readonly #needs: LoadBalancerNeeds;
  readonly #process: DataPlaneProcess;
  /** By target group and target. */
  readonly #watched = new Map<string, Map<string, Watched>>();

  constructor(context: EngineContext, needs: LoadBalancerNeeds, process: DataPlaneProcess) {
    this.#context = context;
    this.#needs = needs;
    this.#process = process;
  }

  /** Brings checks and drains of what is affected in line with the registrations in the store. */
  reconcile(affected: Affected): void {
    const { store } = this.#context;
    const groups = affected === "all" ? this.#allGroups() : affected;
    store.record(() => {
      for (const arn of groups) this.#reconcileGroup(scopeOf(store, arn), arn);
    });
  }

  /** Those that have targets, and those that had some. */
  #allGroups(): ReadonlySet<string> {
    const groups = new Set(this.#watched.keys());
    for (const kind of [targetRegistrations, targetHealths])
      for (const collection of this.#context.store.all<{ targetGroupArn: string }>(kind))
        for (const { targetGroupArn } of collection.values()) groups.add(targetGroupArn);
    return groups;
  }

  #reconcileGroup(scope: Scope, arn: string): void {
    const registrations = scope.of(targetRegistrations);
    const seen = new Set<string>();
    const balancer = userOf(scope, arn);
    for (const registration of registrations.by(registrationsByGroup, arn)) {
      seen.add(idOf(registration));
      this.#reconcileTarget(scope, registration, balancer);
    }
    for (const id of this.#watched.get(arn)?.keys() ?? [])
      if (!seen.has(id)) this.#unwatch(arn, id);
    const healths = scope.of(targetHealths);
    for (const health of healths.by(healthsByGroup, arn))
      if (!seen.has(idOf(health))) healths.delete(idOf(health));
  }

  stop(): void {
    for (const [arn, targets] of this.#watched)
      for (const id of targets.keys()) this.#unwatch(arn, id);
  }

  #reconcileTarget(
    scope: Scope,
    registration: Readonly<TargetRegistration>,
    balancer: Readonly<LoadBalancer> | undefined,
  ): void {
    const { targetGroupArn: arn } = registration;
    const id = idOf(registration);
    const watched = this.#watched.get(arn)?.get(id);
    if (registration.drainingSince !== undefined) {
      this.#put(scope, registration, DRAINING);
      if (!watched?.drain)
        this.#watch(arn, id, { drain: this.#drain(scope, registration, balancer) });
      return;
    }
    const unused = unusedWords(registration, balancer);
    if (unused) {
      this.#put(scope, registration, unused);
      this.#unwatch(arn, id);
      return;
    }
    const health = scope.of(targetHealths).get(id);
    if (!health || health.state === "unused" || health.state === "draining")
      this.#put(scope, registration, INITIAL);
    if (!watched?.checker) this.#watch(arn, id, { checker: this.#checker(scope, registration) });
  }

  #watch(arn: string, id: string, next: Watched): void {
    this.#unwatch(arn, id);
    const targets = this.#watched.get(arn) ?? new Map<string, Watched>();
    this.#watched.set(arn, targets.set(id, next));
  }

  #unwatch(arn: string, id: string): void {
    const targets = this.#watched.get(arn);
    targets?.get(id)?.checker?.stop();
    targets?.get(id)?.drain?.cancel();
    targets?.delete(id);
    if (targets?.size === 0) this.#watched.delete(arn);
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
    const { route, refused }: Pick<TargetRoute, "route" | "refused"> = balancer
      ? routeTo(scope, balancer, registration, port, this.#needs)
      : { route: "silent" };
    return {
      // A check that a group keeps out is sent: it is the router that drops it, and flow logs that tell.
      route: refused ?? route,
      isDropped: refused !== undefined,
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

/** Where a target group is: its ARN tells. */
function scopeOf(store: Store, targetGroupArn: string): Scope {
  const { region, account } = readArn(targetGroupArn);
  return store.scope(account, region);
}

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
