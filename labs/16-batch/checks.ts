import { defineChecks, keepsWhatIsThere, NODE_APP, servicesAreSteady } from "@workbook/lab-kit";
import { runsWhenADayIsClosed } from "./checks/day-closed.ts";
import { failuresReachTheQueue } from "./checks/failures.ts";
import { failedRunArrives, reportRuns, scheduleIsReady } from "./checks/live-runs.ts";
import { runsEveryNight } from "./checks/nightly.ts";
import { reportIsATask } from "./checks/report-task.ts";
import { runnerMayRun } from "./checks/runner.ts";

/** What runs, as whom, when, and where its failures go; then, what Terraform would do, and what really runs. */
export const checks = defineChecks([
  reportIsATask("report-task"),
  runnerMayRun("runner"),
  runsEveryNight("nightly"),
  runsWhenADayIsClosed("day-closed"),
  failuresReachTheQueue("failures"),
  keepsWhatIsThere("plan-keeps"),
  servicesAreSteady("services-steady", [NODE_APP]),
  scheduleIsReady("schedule-ready"),
  failedRunArrives("failed-run-arrives"),
  reportRuns("report-runs"),
]);
