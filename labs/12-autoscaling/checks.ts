import {
  defineChecks,
  keepsWhatIsThere,
  NODE_APP,
  servicesAreSteady,
  targetsAreHealthy,
} from "@workbook/lab-kit";
import { alarmsHaveData } from "./checks/live-scaling.ts";
import { CPU, REQUESTS, tracks } from "./checks/policies.ts";
import { hasScalableTarget, leavesDesiredCount } from "./checks/scalable-target.ts";
import { hasSchedule } from "./checks/schedule.ts";

/** What is scaled, by which numbers, and when; then, what Terraform would do, and what runs. */
export const checks = defineChecks([
  hasScalableTarget("scalable-target"),
  leavesDesiredCount("desired-count"),
  tracks("requests-policy", REQUESTS),
  tracks("cpu-policy", CPU),
  hasSchedule("schedule"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP], { least: 2, most: 6 }),
  targetsAreHealthy("targets-healthy", [NODE_APP]),
  alarmsHaveData("alarms-have-data"),
]);
