import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../workspace.ts";
import type { StartOptions } from "./cloud.ts";
import { fetchedRunc } from "./container-runtime.ts";
import { registryArguments } from "./registries.ts";

const SERVER_VARIABLES = [
  "PATH",
  "HOME",
  "TMPDIR",
  "LANG",
  "NODE_COMPILE_CACHE",
  "NODE_USE_SYSTEM_CA",
];
const PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/** A server that was started. */
export interface Child {
  readonly pid: number | undefined;
  readonly exited: () => boolean;
  /** Ends it, and with it all that it has started. What it holds stays. */
  readonly kill: () => void;
}

/** Starts the workspace's server, which goes on when this process ends; it writes to `logFile`. */
export async function spawnServer(
  workspace: Workspace,
  options: StartOptions & { port: number; dataDir: string; logFile: string },
): Promise<Child> {
  const log = openSync(options.logFile, "a", 0o600);
  const main = join(workspace.root, "packages/local-aws/src/main.ts");
  const args = ["--port", String(options.port), "--data", options.dataDir];
  args.push("--listeners", options.listeners ?? workspace.config.listeners);
  args.push("--log-limit", String(workspace.config.logLimit));
  // By itself it finds out what this machine can do.
  const tasks = options.tasks ?? workspace.config.tasks;
  if (tasks !== undefined) args.push("--tasks", tasks);
  const { root } = workspace;
  const runc = await fetchedRunc(tasks, {
    root,
    ...(options.signal && { signal: options.signal }),
  });
  if (runc !== undefined) args.push("--runc", runc);
  args.push(...registryArguments(workspace, options.mirrors ?? workspace.config.mirrors));
  args.push("--image-builder", join(root, "packages/image-builder/src/index.ts"));
  if (options.realTime) args.push("--real-time");
  const child = spawn(process.execPath, [main, ...args], {
    cwd: workspace.root,
    // The server needs where programs are and where home is, and by which way registries are reached; nothing else of the
    // caller's reaches it, and nothing at all its tasks.
    env: pick([
      ...SERVER_VARIABLES,
      ...PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]),
    ]),
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.unref();
  return {
    pid: child.pid,
    exited: () => child.exitCode !== null || child.signalCode !== null,
    kill: () => void child.kill("SIGKILL"),
  };
}

function pick(names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
