import { protectedForMs } from "../../../services/ecs/task-protection.ts";
import { tasks, type EcsService, type Task } from "../../../services/ecs/state.ts";
import type { Change } from "../../../store/collection.ts";
import { limitsOf } from "../plan.ts";
import type { World } from "./world.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const LIFE = [
  "PROVISIONING",
  "PENDING",
  "ACTIVATING",
  "RUNNING",
  "DEACTIVATING",
  "STOPPING",
  "DEPROVISIONING",
  "STOPPED",
];

const isWell = (task: Task) =>
  task.lastStatus === "RUNNING" && task.readyAt !== undefined && task.healthStatus === "HEALTHY";

/** What must never be seen, whatever happens to a service; it is looked at after each commit. */
export class Rules {
  readonly broken: string[] = [];

  /** Nothing that was acknowledged is lost. */
  same(before: string, after: string): void {
    if (before === after) return;
    const known = new Set(before.split("\n"));
    const differs = after.split("\n").find((line) => !known.has(line)) ?? "something is gone";
    this.broken.push(`the store was read back otherwise: ${differs.slice(0, 500)}`);
  }

  look(world: World, changes: readonly Change[]): void {
    const ofTasks = changes.filter(({ kind }) => kind === tasks.name);
    for (const { before, after } of ofTasks) this.#life(before as Task, after as Task);
    const { service } = world;
    if (service?.status !== "ACTIVE") return;
    const made = ofTasks.filter(({ before }) => before === undefined);
    const makers = new Set(made.map(({ after }) => (after as Task).startedBy ?? ""));
    if (made.length > 0) this.#most(world, service, makers);
    const stopped = ofTasks
      .filter(({ before, after }) => isStop(before as Task, after as Task))
      .map(({ before }) => before as Task);
    if (stopped.length > 0) this.#least(world, service, stopped);
  }

  #life(before: Task | undefined, after: Task | undefined): void {
    if (!before || !after) return;
    const isBack = LIFE.indexOf(after.lastStatus) < LIFE.indexOf(before.lastStatus);
    const revives = before.desiredStatus === "STOPPED" && after.desiredStatus === "RUNNING";
    if (isBack || revives)
      this.broken.push(`${after.arn} went from ${before.lastStatus} to ${after.lastStatus}`);
  }

  /** No more tasks are started than there may be. */
  #most(world: World, service: EcsService, makers: ReadonlySet<string>): void {
    const live = world.tasks.filter(({ desiredStatus }) => desiredStatus === "RUNNING");
    const most = Math.max(1, limitsOf(service).most);
    if (isRolling(world, service)) {
      if (live.length > most) this.broken.push(`${live.length} tasks, and ${most} may be`);
      return;
    }
    for (const id of makers) {
      const own = live.filter(({ startedBy }) => startedBy === id).length;
      if (own > Math.max(service.desiredCount, most))
        this.broken.push(`${own} tasks of ${id}, and ${service.desiredCount} may be`);
    }
  }

  /** Tasks that are well are stopped by the scheduler only where enough others are left. */
  #least(world: World, service: EcsService, gone: Task[]): void {
    const { tasks: known, rollout, clock } = world;
    for (const task of gone)
      if (protectedForMs(task, clock) > 0) this.broken.push(`${task.arn} was protected`);
    const well = known.filter((task) => task.desiredStatus === "RUNNING" && isWell(task));
    if (isRolling(world, service)) {
      const { least } = limitsOf(service);
      if (gone.some(isWell) && well.length < least)
        this.broken.push(`${well.length} tasks are well, and ${least} have to be`);
      return;
    }
    if (!rollout?.stage || rollout.stage === "CLEAN_UP" || rollout.rollback) return;
    const ofBase = (task: Task) => task.startedBy === rollout.baseId;
    const left = known.filter((task) => task.desiredStatus === "RUNNING" && ofBase(task)).length;
    if (gone.some((task) => ofBase(task) && isWell(task)) && left < service.desiredCount)
      this.broken.push(`production was left with ${left} tasks in ${rollout.stage}`);
  }
}

const isRolling = ({ rollout }: World, { deploymentConfiguration }: EcsService): boolean =>
  (rollout?.configuration ?? deploymentConfiguration).strategy === "ROLLING";

const isStop = (before: Task | undefined, after: Task | undefined): boolean =>
  before?.desiredStatus === "RUNNING" &&
  after?.desiredStatus === "STOPPED" &&
  after.stopCode === "ServiceSchedulerInitiated" &&
  !after.failedHealthChecks;
