import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildMessage } from "./messages.ts";

const MAIN = fileURLToPath(new URL("./data-plane/main.ts", import.meta.url));

/** What is heard of the process. */
interface ForkEvents {
  message(message: ChildMessage): void;
  error(error: Error): void;
  /** @param complaint the end of what it wrote to its standard error */
  exit(how: string, complaint: string): void;
}

/**
 * Starts the data plane's process.
 * @param roomPid a process in the network of tasks, if that is not this machine's: it is started in there
 */
export function forkDataPlane(roomPid: number | undefined, events: ForkEvents): ChildProcess {
  // No options of this process (a debugger's port, a test runner's loader) are of use to the child.
  const child = fork(MAIN, [], {
    ...programIn(roomPid),
    env: childEnvironment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-4096);
  });
  child.on("message", (message) => events.message(message as ChildMessage));
  child.on("error", (error) => events.error(error));
  child.once("exit", (code, signal) => events.exit(signal ?? String(code), complaint));
  return child;
}

/** In the room's network, under this user's own name: it needs no right in there. */
function programIn(pid: number | undefined): { execPath?: string; execArgv: string[] } {
  if (pid === undefined) return { execArgv: [] };
  const flags = ["--target", String(pid), "--user", "--net", "--preserve-credentials"];
  return { execPath: "nsenter", execArgv: [...flags, "--", process.execPath] };
}

/** The child needs nothing of the caller's environment but what lets Node start. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG, SystemRoot } = process.env;
  return Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR, LANG, SystemRoot }).filter(([, value]) => value),
  );
}
