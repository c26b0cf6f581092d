import { parseArgs } from "node:util";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { giveBackMemory } from "./ground/give-back-memory.ts";
import { SystemClock, LOCAL_ACCELERATION } from "./clock/system-clock.ts";
import { parseMirrors } from "@workbook/registry-client";
import { createJsonLogger } from "./ground/logger.ts";
import {
  DEFAULT_LOG_BYTES,
  DEFAULT_PORT,
  LocalAws,
  type ListenersMode,
  type LocalAwsOptions,
} from "./local-aws.ts";

const MIB = 1_048_576;

const USAGE = `Usage: node packages/local-aws/src/main.ts [options]

  --port N                       the front door's port (default ${DEFAULT_PORT}; 0 for any free one)
  --host ADDRESS                 the front door's address (default 127.0.0.1)
  --data DIR                     where the cloud is kept (default: a temporary directory)
  --tasks containers|process|off how tasks run (default: containers where this machine can)
  --runc FILE                    the program that runs containers (default: the machine's own)
  --credentials workspace|any    whose keys are accepted (default workspace)
  --listeners exact|offset|ephemeral   ports of load balancers on this machine (default exact)
  --home-address ADDRESS         where requests from this machine count as coming from
  --log-limit MIB                what all log events may take up, in MiB (default ${DEFAULT_LOG_BYTES / MIB})
  --registry-mirror NAME=URL     where images of a registry are asked for first; several may be given
  --registries FILE              a registries.json that names mirrors
  --stand-ins DIR                an image layout, asked where a registry cannot be reached
  --image-builder FILE           the module that builds images for the builds of CodeBuild
  --real-time                    keep AWS's own waits
  --help
`;

/** How long a stop may take: whoever sent the signal waits ten seconds. */
const STOP_DEADLINE_MS = 9_000;

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    host: { type: "string" },
    data: { type: "string" },
    tasks: { type: "string" },
    runc: { type: "string" },
    credentials: { type: "string" },
    listeners: { type: "string" },
    "home-address": { type: "string" },
    "log-limit": { type: "string" },
    "registry-mirror": { type: "string", multiple: true },
    registries: { type: "string" },
    "stand-ins": { type: "string" },
    "image-builder": { type: "string" },
    "real-time": { type: "boolean" },
    help: { type: "boolean" },
  },
});

if (values.help) {
  process.stdout.write(USAGE);
} else {
  try {
    await serve(readOptions());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 3;
  }
}

function readOptions(): LocalAwsOptions {
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new Error(`--port takes a number from 0 to 65535, not ${values.port}`);
  }
  const logLimit = values["log-limit"] === undefined ? undefined : Number(values["log-limit"]);
  if (logLimit !== undefined && !(Number.isInteger(logLimit) && logLimit > 0)) {
    throw new Error(
      `--log-limit takes a whole number of MiB, at least 1, not ${values["log-limit"]}`,
    );
  }
  return {
    port,
    host: values.host,
    dataDir: values.data,
    tasks: oneOf("--tasks", values.tasks, ["containers", "process", "off"]),
    runc: values.runc === undefined ? undefined : resolve(values.runc),
    credentials: oneOf("--credentials", values.credentials, ["workspace", "any"]),
    listeners: oneOf<ListenersMode>("--listeners", values.listeners, [
      "exact",
      "offset",
      "ephemeral",
    ]),
    homeAddress: values["home-address"],
    maxLogBytes: logLimit === undefined ? undefined : logLimit * MIB,
    registryMirrors: parseMirrors(values["registry-mirror"] ?? []),
    standIns: values["stand-ins"] === undefined ? undefined : resolve(values["stand-ins"]),
    imageBuilder:
      values["image-builder"] === undefined ? undefined : resolve(values["image-builder"]),
    registriesFile: values.registries === undefined ? undefined : resolve(values.registries),
    clock: new SystemClock(values["real-time"] ? 1 : LOCAL_ACCELERATION),
    logger: createJsonLogger(process.stderr),
  };
}

/** Whatever does not stop is ended with the process; its tasks end with their supervisor. */
function endAfter(ms: number, options: LocalAwsOptions): void {
  const end = () => {
    options.logger?.error(`not everything stopped within ${ms / 1000} s: ending all the same`);
    // Not `process.exit`: that waits for a thread of Node's that the disk holds.
    process.kill(process.pid, "SIGKILL");
  };
  setTimeout(end, ms).unref();
}

function oneOf<T extends string>(
  flag: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined || (allowed as readonly string[]).includes(value))
    return value as T | undefined;
  throw new Error(`${flag} takes ${allowed.join(", ")}, not ${value}`);
}

/**
 * Runs until SIGTERM or SIGINT. `server.json` in the data directory tells where the server is and holds its keys (mode
 * 0600); the same line goes to stdout when the server is ready.
 */
async function serve(options: LocalAwsOptions): Promise<void> {
  giveBackMemory();
  const cloud = await LocalAws.start(options);
  const file = join(cloud.dataDir, "server.json");
  const { endpoint, credentials, token, dataDir } = cloud;
  writeFileSync(
    `${file}.new`,
    `${JSON.stringify({ pid: process.pid, endpoint, credentials, token, dataDir }, null, 2)}\n`,
    {
      mode: 0o600,
    },
  );
  // In one step: who waits for this file must not read half of it.
  renameSync(`${file}.new`, file);
  process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, endpoint, dataDir })}\n`);
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(name, resolve);
  });
  options.logger?.info(`stopping on ${signal}`);
  rmSync(file, { force: true });
  endAfter(STOP_DEADLINE_MS, options);
  await cloud.stop();
}
