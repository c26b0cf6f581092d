import {
  defineChecks,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { appIsRouted } from "./checks/app-logs.ts";
import { archives } from "./checks/archive.ts";
import { hasDaemon, hasInstance } from "./checks/daemon.ts";
import { hasSidecar, sendsToDaemon } from "./checks/instance-apps.ts";
import { instanceLinesArrive } from "./checks/live-instances.ts";
import { archiveFills, linesArrive } from "./checks/live-lines.ts";
import { hasRouter } from "./checks/router.ts";
import { taskRoleWrites } from "./checks/task-role.ts";

/** Who routes, what, as whom, and where to; then the same on an instance; then, what Terraform would do, and what arrives. */
export const checks = defineChecks([
  hasRouter("router"),
  appIsRouted("app-logs"),
  archives("archive"),
  taskRoleWrites("task-role"),
  hasInstance("instances"),
  hasDaemon("daemon"),
  sendsToDaemon("by-port", "port"),
  sendsToDaemon("by-socket", "socket"),
  hasSidecar("sidecar"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP]),
  targetsAreHealthy("targets-healthy", [NODE_APP]),
  linesArrive("lines-arrive"),
  archiveFills("archive-fills"),
  instanceLinesArrive("instance-lines"),
]);
