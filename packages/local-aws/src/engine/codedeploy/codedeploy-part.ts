import type { Timer } from "../../clock/clock.ts";
import { groupArn } from "../../services/codedeploy/find.ts";
import {
  deployments,
  isActive,
  type Ending,
  type StoredDeployment,
} from "../../services/codedeploy/state.ts";
import { serviceOf } from "../../services/codedeploy/targets.ts";
import { alarms } from "../../services/cloudwatch/state.ts";
import { ecsServices } from "../../services/ecs/state.ts";
import type { CallContext } from "../../services/service.ts";
import type { Change } from "../../store/collection.ts";
import type { Scope } from "../../store/store.ts";
import { SoonEach } from "../../ground/soon.ts";
import type { EngineContext, EnginePart } from "../engine.ts";
import { assumed, requireRight } from "../acting-role.ts";
import { advance } from "./advance.ts";
import { calling, DeploymentFault } from "./deployment-fault.ts";
import { DeploymentEvents, Triggers } from "./deployment-events.ts";
import { endDeployment } from "./ending.ts";
import { readRevision } from "./read-revision.ts";
import { Run } from "./run.ts";
import { AwsError } from "../../protocol/aws-error.ts";

/**
 * Takes CodeDeploy's deployments from one step to the next. All that it knows of them is in the store: one that was under way
 * when a server died goes on in the next.
 */
export class CodeDeployPart implements EnginePart {
  readonly name = "deployments of CodeDeploy";
  readonly #context: EngineContext;
  readonly #events: DeploymentEvents;
  readonly #triggers: Triggers;
  readonly #timers = new Map<string, Timer>();
  /** Deployments to look at: nothing happens inside of somebody else's transaction. */
  readonly #dirty = new SoonEach<{ readonly scope: Scope; readonly id: string }>((all) => {
    for (const { scope, id } of all) this.#guarded(scope, id);
    this.#tell();
  });
  /** Revisions that are being read, by deployment. */
  readonly #reading = new Map<string, Promise<void>>();
  #unsubscribe: (() => void) | undefined;
  #isStopped = false;

  constructor(context: EngineContext) {
    this.#context = context;
    this.#events = new DeploymentEvents(context);
    this.#triggers = new Triggers(context);
  }

  async start(): Promise<void> {
    const { store } = this.#context;
    this.#unsubscribe = store.onCommit((changes) => {
      for (const change of changes) this.#hear(change);
    });
    for (const all of store.all(deployments)) {
      const scope = store.scope(all.place.account, all.place.region);
      for (const { id } of all.filter(isActive)) this.#wake(scope, id);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    this.#dirty.stop();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await Promise.all(this.#reading.values());
    this.#tell();
  }

  #tell(): void {
    this.#events.publish();
    this.#triggers.publish();
  }

  #hear(change: Change): void {
    const { store } = this.#context;
    const { kind, account, region, id } = change;
    if (kind === deployments.name) {
      this.#events.hear(change);
      this.#triggers.hear(change);
      this.#wake(store.scope(account, region), id);
      return;
    }
    if (kind !== ecsServices.name && kind !== alarms.name) return;
    const scope = store.scope(account, region);
    for (const deployment of scope.of(deployments).filter(isActive)) {
      const concerns =
        kind === alarms.name
          ? deployment.settings.alarms.names.includes(id)
          : serviceOf(scope, deployment)?.arn === id;
      if (concerns) this.#wake(scope, deployment.id);
    }
  }

  #wake(scope: Scope, id: string): void {
    this.#dirty.ask(id, { scope, id });
  }

  #guarded(scope: Scope, id: string): void {
    const { store, clock, logger } = this.#context;
    this.#timers.get(id)?.cancel();
    this.#timers.delete(id);
    const deployment = scope.of(deployments).get(id);
    if (!deployment || !isActive(deployment)) return;
    try {
      this.#look(scope, deployment);
    } catch (error) {
      if (!(error instanceof DeploymentFault)) logger.error(`the deployment ${id} failed`, error);
      const ending = failure(deployment, error);
      store.record(() => endDeployment(scope, scope.of(deployments).get(id)!, ending, clock.now()));
    }
  }

  /** @throws DeploymentFault */
  #look(scope: Scope, deployment: StoredDeployment): void {
    const { store, clock } = this.#context;
    const { id, asked } = deployment;
    const caller = this.#caller(scope, deployment);
    const ending = asked.stop ?? alarmed(caller, deployment);
    if (ending) {
      store.record(() => endDeployment(scope, deployment, ending, clock.now()));
      return;
    }
    if (deployment.step === "begin" && !deployment.appSpec) return this.#read(caller, deployment);
    const run = new Run(caller, id);
    let outcome = store.record(() => advance(run));
    while (outcome === "on") outcome = store.record(() => advance(run));
    if (outcome)
      this.#timers.set(
        id,
        clock[outcome.kind](outcome.ms, () => this.#wake(scope, id)),
      );
  }

  #caller(scope: Scope, { id, applicationName, groupName, settings }: StoredDeployment) {
    try {
      return assumed(this.#context, scope, {
        service: "codedeploy.amazonaws.com",
        roleArn: settings.roleArn,
        sourceArn: groupArn(scope, applicationName, groupName),
        session: id,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { roleArn } = settings;
      throw new DeploymentFault(
        "IAM_ROLE_MISSING",
        `The IAM role ${roleArn} cannot be accessed.`,
        error,
      );
    }
  }

  #read(caller: CallContext, deployment: StoredDeployment): void {
    const { id } = deployment;
    if (this.#reading.has(id)) return;
    const { store, clock, logger } = this.#context;
    const scope = caller.store;
    const done = readRevision(caller, deployment)
      .then(
        (appSpec) => (): void =>
          void scope.of(deployments).patch(id, { appSpec, status: "Queued" }),
        (error: unknown) => {
          if (!(error instanceof DeploymentFault)) logger.error(`no revision of ${id}`, error);
          return () => endDeployment(scope, deployment, failure(deployment, error), clock.now());
        },
      )
      .then((write) => {
        this.#reading.delete(id);
        // One that was stopped meanwhile has been ended.
        const now = scope.of(deployments).get(id);
        if (!this.#isStopped && now && isActive(now)) store.record(write);
      });
    this.#reading.set(id, done);
  }
}

/** What becomes of a deployment that cannot go on. A wait that nobody ended stops it. */
function failure({ settings, step, creator }: StoredDeployment, error: unknown): Ending {
  const { code, message } =
    error instanceof DeploymentFault
      ? error
      : { code: "INTERNAL_ERROR" as const, message: "There was an internal error." };
  const { enabled, events } = settings.autoRollback;
  return {
    status: step === "ready" ? "Stopped" : "Failed",
    code,
    message,
    rollback: creator === "user" && enabled && events.includes("DEPLOYMENT_FAILURE"),
  };
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html */
function alarmed(caller: CallContext, deployment: StoredDeployment): Ending | undefined {
  const { settings, creator } = deployment;
  const { enabled, names } = settings.alarms;
  // What goes back is held to no alarm: it may be what ends it.
  if (!enabled || creator !== "user") return undefined;
  calling("AmazonCloudWatch", settings.roleArn, () =>
    requireRight(caller, "cloudwatch:DescribeAlarms", "*"),
  );
  const raised = names.filter((name) => caller.store.of(alarms).get(name)?.state.value === "ALARM");
  if (raised.length === 0) return undefined;
  const { enabled: rollsBack, events } = settings.autoRollback;
  return {
    status: "Stopped",
    code: "ALARM_ACTIVE",
    message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${raised.map((name) => `<${name}>`).join(" ")}`,
    rollback: rollsBack && events.includes("DEPLOYMENT_STOP_ON_ALARM"),
  };
}
