import { tasks, ecsServices, type Task } from "../../services/ecs/state.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import type { Scope, Store } from "../../store/store.ts";
import { deleteNetworkInterface } from "../../services/ec2/interfaces.ts";
import { stoppedTask } from "./task-runner.ts";
import { deregisterTargets } from "./task-targets.ts";

/** Ends, in the books, what a dead server was running: its processes are gone. Services replace the tasks. */
export function recoverTasks(store: Store, now: number): void {
  store.record(() => {
    for (const collection of store.all(tasks)) {
      const scope = store.scope(collection.place.account, collection.place.region);
      for (const task of collection.filter(({ lastStatus }) => lastStatus !== "STOPPED"))
        collection.patch(task.arn, endedTask(scope, task, now));
    }
  });
}

function endedTask(scope: Scope, task: Task, now: number): Partial<Task> {
  const service = task.serviceArn && scope.of(ecsServices).get(task.serviceArn);
  if (service) deregisterTargets(scope, service, task, now);
  if (task.networkInterfaceId) deleteNetworkInterface(scope, task.networkInterfaceId);
  const wasStopping = task.desiredStatus === "STOPPED";
  return {
    ...stoppedTask(task, now),
    desiredStatus: "STOPPED",
    stopCode: wasStopping ? task.stopCode : "TerminationNotice",
    stoppedReason: wasStopping ? task.stoppedReason : TEXTS.infrastructureMaintenance(),
    version: task.version + 1,
  };
}
