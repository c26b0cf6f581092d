import { spawn } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync, rmSync, watch } from "node:fs";
import { constants as os } from "node:os";
import { join } from "node:path";
import { lastError } from "./last-error.ts";
import type { ContainerRun } from "./messages.ts";

/**
 * Runs a container by `runc` in the foreground, with its two outputs as named pipes; resolves to the process id of its first
 * process as soon as its program has been started.
 * @param exited told the exit code, as Docker counts, once all of the container has ended
 * @throws Error with runc's own words where the container or its program could not be started
 */
export function runContainer(run: ContainerRun, exited: (code: number) => void): Promise<number> {
  const { id, bundle } = run;
  const pidFile = join(bundle, "pid");
  const log = join(bundle, "log");
  const outputs = [run.stdout, run.stderr].map((path) =>
    openSync(path, constants.O_WRONLY | constants.O_NONBLOCK),
  );
  const flags = ["--log", log, "--log-format", "json"];
  const runc = ["runc", ...flags, "run", "--bundle", bundle, "--pid-file", pidFile, id];
  // A terminal takes the end of its input for the key that says so: nobody presses it.
  const input = run.interactive || run.terminal ? "pipe" : "ignore";
  const [program = "", ...args] = run.terminal ? atTerminal(runc) : runc;
  const child = spawn(program, args, { stdio: [input, ...outputs] });
  for (const descriptor of outputs) closeSync(descriptor);
  return new Promise((resolve, reject) => {
    let started = false;
    const start = () => {
      if (started || !existsSync(pidFile)) return;
      started = true;
      watcher.close();
      resolve(Number(readFileSync(pidFile, "utf8")));
    };
    // The file comes by a rename, whole; on a busy machine it may have come before anybody watched.
    const watcher = watch(bundle, start);
    start();
    child.once("error", reject);
    child.once("exit", async (code, signal) => {
      start();
      watcher.close();
      // One that was killed has left its container to itself.
      if (signal !== null) await endContainer(id);
      if (started) exited(code ?? 128 + (signal ? os.signals[signal] : 0));
      else reject(new Error(lastError(log)));
      rmSync(pidFile, { force: true });
    });
  });
}

/** Ends what there is of a container; resolves when it is gone. */
function endContainer(id: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("runc", ["delete", "--force", id], { stdio: "ignore" });
    child.once("error", () => resolve()); // Then there is no runc at all, and nothing that it could have started.
    child.once("exit", () => resolve());
  });
}

/** https://man7.org/linux/man-pages/man1/script.1.html: makes a terminal, and answers with the program's exit code. */
const atTerminal = (words: readonly string[]) => ["script", "-qefc", words.join(" "), "/dev/null"];
