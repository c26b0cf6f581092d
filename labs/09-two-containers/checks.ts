import {
  admitsOnlyTheWayIn,
  answersGreeting,
  closedToOthers,
  defineChecks,
  hasListener,
  hasService,
  keepsWhatIsThere,
  servicesAreSteady,
  severalTasksAnswer,
  targetsAreHealthy,
  withLines,
} from "@workbook/lab-kit";
import { beginsInOrder, endsTogether } from "./checks/beginnings-and-ends.ts";
import { agentsRun, bothContainersTell } from "./checks/live-web.ts";
import { runsNginx } from "./checks/nginx-task.ts";
import { allowsExec, asksThroughNginx, everyContainerLogs } from "./checks/seen-from-inside.ts";
import { runsAppBeside, writesConfiguration } from "./checks/task-of-two.ts";
import { WEB } from "./checks/web.ts";

const TARGET =
  'target: { targetGroupArn: targets.arn, containerName: "nginx", containerPort: 80 },';
const LISTENER = "{ port: 8081, targetGroupArn: webTargets.arn },";

/** First nginx alone, then what stands beside it; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  runsNginx("web-task"),
  withLines(admitsOnlyTheWayIn("web-security-groups", WEB), {
    "alb-closed": "port: [80, 8080, 8081],",
    "tasks-closed": "port: 80, sourceGroupIds: [albSecurityGroup.id],",
  }),
  withLines(hasListener("web-listener", WEB, { healthPath: "any" }), {
    "no-listener": LISTENER,
    "no-target-group": LISTENER,
    "shared-target-group": LISTENER,
  }),
  withLines(hasService("web-service", WEB), {
    missing: 'new FargateService(this, "web_service", { … });',
    "target-group": TARGET,
    "target-container": TARGET,
    "listener-first": "dependsOn: [alb.listener(8081), …],",
  }),
  allowsExec("exec"),
  runsAppBeside("app-beside"),
  writesConfiguration("configuration"),
  beginsInOrder("order"),
  endsTogether("ends"),
  everyContainerLogs("web-logs"),
  asksThroughNginx("health-check"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [WEB]),
  targetsAreHealthy("targets-healthy", [WEB]),
  withLines(answersGreeting("greeting", WEB), { refused: LISTENER }),
  severalTasksAnswer("several-tasks", [WEB]),
  bothContainersTell("both-streams"),
  agentsRun("exec-agents"),
  closedToOthers("alb-closed", [WEB]),
]);
