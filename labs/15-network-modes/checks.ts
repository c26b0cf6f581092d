import {
  admitsOnlyTheWayIn,
  answersGreeting,
  closedToOthers,
  defineChecks,
  hasListener,
  keepsWhatIsThere,
  servicesAreSteady,
  severalTasksAnswer,
  targetsAreHealthy,
  withLines,
} from "@workbook/lab-kit";
import { hasInstances } from "./checks/instances.ts";
import { admitsThePorts } from "./checks/instance-ports.ts";
import { isReachedThere } from "./checks/live-ports.ts";
import { APPS, AWSVPC, BRIDGE, HOST } from "./checks/modes.ts";
import { hasModeService } from "./checks/services.ts";
import { definesTask } from "./checks/tasks.ts";

const LISTENERS = "{ port: 8081, targetGroupArn: targets.bridge.arn },";

const leadsTo = (...[id, app, options]: Parameters<typeof hasListener>) =>
  withLines(hasListener(id, app, options), {
    "no-listener": LISTENERS,
    "no-target-group": LISTENERS,
    "shared-target-group": LISTENERS,
  });

/** First the instances, then the task in each mode; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  hasInstances("instances"),
  definesTask("bridge-task", BRIDGE),
  leadsTo("bridge-listener", BRIDGE, { targetType: "instance" }),
  hasModeService("bridge-service", BRIDGE),
  definesTask("host-task", HOST),
  leadsTo("host-listener", HOST, { targetType: "instance" }),
  hasModeService("host-service", HOST),
  admitsThePorts("instance-ports"),
  definesTask("awsvpc-task", AWSVPC),
  leadsTo("awsvpc-listener", AWSVPC),
  hasModeService("awsvpc-service", AWSVPC),
  admitsOnlyTheWayIn("awsvpc-security-groups", AWSVPC),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", APPS),
  targetsAreHealthy("targets-healthy", APPS),
  isReachedThere("bridge-ports", BRIDGE, [
    "bridge: two tasks on one instance, each on a port that Docker chose",
    "bridge: 1 台のインスタンスに 2 つのタスク、ポートは Docker が選んだもの",
  ]),
  isReachedThere("host-ports", HOST, [
    "host: one task on an instance, on the container's own port",
    "host: インスタンスごとに 1 つのタスク、ポートはコンテナのもの",
  ]),
  isReachedThere("own-addresses", AWSVPC, [
    "awsvpc: an address for each task",
    "awsvpc: タスクごとに 1 つのアドレス",
  ]),
  ...APPS.map((app) =>
    withLines(answersGreeting(`${app.networkMode}-greeting`, app), { refused: LISTENERS }),
  ),
  severalTasksAnswer("several-tasks", APPS),
  closedToOthers("alb-closed", APPS),
]);
