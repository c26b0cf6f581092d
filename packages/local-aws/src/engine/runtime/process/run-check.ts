import { spawn } from "node:child_process";
import type { Clock } from "../../../clock/clock.ts";
import { killGroup } from "./process-records.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Launch } from "./tier.ts";

/**
 * Runs a health check's program beside its container; resolves to whether it ended with 0 within `timeoutMs`. What it
 * started is killed with it.
 */
export function runCheck(
  launch: Launch,
  timeoutMs: number,
  { clock, supervisor }: { readonly clock: Clock; readonly supervisor: Supervisor },
): Promise<boolean> {
  if (launch.failure !== undefined) return Promise.resolve(false);
  const [argv0, ...args] = launch.argv;
  return new Promise((resolve, reject) => {
    const child = spawn(launch.file, args, {
      argv0: argv0!,
      cwd: launch.workingDirectory,
      env: launch.environment,
      detached: true,
      stdio: "ignore",
    });
    const { pid } = child;
    child.once("error", reject);
    if (pid === undefined) return;
    supervisor.watch(pid);
    const timeout = clock.deadline(timeoutMs, () => killGroup(pid, "SIGKILL"));
    child.once("exit", (code) => {
      timeout.cancel();
      killGroup(pid, "SIGKILL");
      supervisor.forget(pid);
      resolve(code === 0);
    });
  });
}
