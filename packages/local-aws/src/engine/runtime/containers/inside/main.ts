import { execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { resolveInRoot, UNPACK_LIMITS, unpackLayer } from "@workbook/image-layers";
import { SystemClock } from "../../../../clock/system-clock.ts";
import { networkUsage, processUsage } from "../../process/process-usage.ts";
import { runContainer } from "./run-container.ts";
import type { Message, OperationName, Operations, Request } from "./messages.ts";
import { setUpRoom } from "./set-up.ts";
import { dial } from "./dial.ts";

/*
 * The supervisor: the one program of ours in the namespaces that hold the cloud's network and its containers. It does what the server
 * asks for over its channel, and knows nothing of tasks. It ends when the channel does, and everything in here with it.
 */

type Handlers = {
  [Name in OperationName]: (
    request: Operations[Name]["request"],
  ) => Promise<Operations[Name]["answer"]>;
};

const clock = new SystemClock(1);

// One that is gone hears nothing more.
const send = (message: Message) => {
  if (process.connected) process.send!(message, () => {});
};

const handlers: Handlers = {
  script: ({ script, input = "" }) => runScript(script, input),
  write: async ({ files }) => {
    for (const { path, text, mode } of files) await writeFile(path, text, { mode });
    return null;
  },
  unpack: async ({ layers, target }) => {
    const unfinished = `${target}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o755 });
    const budget = { ...UNPACK_LIMITS };
    for (const layer of layers) await unpackLayer(layer, unfinished, { budget, owners: true });
    await rename(unfinished, target);
    return null;
  },
  directory: makeDirectory,
  fill: fillVolume,
  run: (run) => runContainer(run, (code) => send({ type: "exited", container: run.id, code })),
  signal: async ({ pid, signal }) => {
    try {
      process.kill(pid, signal as NodeJS.Signals);
    } catch (error) {
      // It has ended, and its end is on the way to the server.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    return null;
  },
  check: ({ id, command, timeoutMs }) => check(id, command, timeoutMs),
  usage: async ({ pids }) => {
    const [usages, networks] = await Promise.all([
      processUsage(pids),
      Promise.all(pids.map(networkUsage)),
    ]);
    return usages.map((usage, index) => ({ ...usage, network: networks[index]! }));
  },
  dial: async ({ key, to }) => {
    const socket = await dial(to);
    // Once the server has it, this process has no part in it.
    process.send!({ type: "socket", key } satisfies Message, socket);
    return null;
  },
  listen: async ({ key, address, port, protocol }) => {
    await (protocol === "tcp" ? listenTcp(key, address, port) : listenUdp(key, address, port));
    return null;
  },
};

/**
 * Makes a directory below `root`. Containers write there as they like: their links lead nowhere but below it.
 * @returns its path
 */
async function makeDirectory({ root, path }: Operations["directory"]["request"]): Promise<string> {
  const directory = await resolveInRoot(root, path, { followLast: true });
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/**
 * A volume that is empty begins as what the image has at the path, as Docker's do.
 * @see https://docs.docker.com/engine/storage/volumes/#mounting-a-volume-over-existing-data
 */
async function fillVolume({ rootfs, path, volume }: Operations["fill"]["request"]): Promise<null> {
  const source = await resolveInRoot(rootfs, path, { followLast: true });
  const found = await stat(source).catch(() => undefined); // The image has nothing there.
  if (!found?.isDirectory() || (await readdir(volume)).length > 0) return null;
  await promisify(execFile)("cp", ["-a", "--", `${source}/.`, volume]);
  return null;
}

function runScript(script: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-e", "-c", script], { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.stdin.on("error", () => {}); // A script that reads nothing may end before it is written to.
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(complaint.trim() || `ended with ${code}`)),
    );
  });
}

/** What a check has started is killed with it: it is found by the process id that runc writes down. */
async function check(id: string, command: readonly string[], timeoutMs: number): Promise<boolean> {
  const pidFile = join("/run", `check-${id}-${process.hrtime.bigint()}`);
  const child = spawn("runc", ["exec", "--pid-file", pidFile, id, ...command], { stdio: "ignore" });
  const timeout = clock.deadline(timeoutMs, () => {
    void readFile(pidFile, "utf8").then(
      (pid) => process.kill(Number(pid), "SIGKILL"),
      () => child.kill("SIGKILL"),
    );
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  timeout.cancel();
  await rm(pidFile, { force: true });
  return code === 0;
}

function listenTcp(key: string, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer({ pauseOnConnect: true });
    server.once("error", reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      // Once the server has it, this process has no part in it.
      process.send!({ type: "socket", key } satisfies Message, server, {}, () => server.close());
      resolve();
    });
  });
}

function listenUdp(key: string, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind({ address, port, exclusive: true }, () => {
      process.send!({ type: "socket", key } satisfies Message, socket, {}, () => socket.close());
      resolve();
    });
  });
}

async function answer({ id, operation, request }: Request): Promise<void> {
  try {
    const handler = handlers[operation] as (asked: unknown) => Promise<unknown>;
    send({ type: "answer", id, answer: await handler(request) });
  } catch (error) {
    const { name: kind, message } = error as Error;
    send({ type: "failure", id, failure: { kind, message } });
  }
}

process.on("message", (message) => void answer(message as Request));
process.on("disconnect", () => process.exit(0));
process.on("SIGINT", () => {});
try {
  send({ type: "ready", facts: setUpRoom() });
} catch (error) {
  const { stderr, message } = error as Error & { stderr?: string };
  send({ type: "failed", message: stderr?.trim() || message });
}
