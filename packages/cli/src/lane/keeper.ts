import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { openLane, type Lane } from "@workbook/provider-lane";
import { FileLock, isAlive } from "@workbook/toolchain";
import {
  freeBytes,
  readLaneFile,
  removeLaneFile,
  writeLaneFile,
  type KeeperOptions,
  type LaneAnswer,
  type LaneRequest,
} from "./lane-file.ts";

/*
 * Keeps the provider between two commands. Its own environment is the provider's; what it is to do comes as JSON, in its
 * one argument. It ends when nobody has used it for a while, when memory is short, when the cloud has gone, or when a
 * command wants other keys; and the provider ends with it.
 */

/** How long the one before it may take to leave. */
const TAKE_OVER_MS = 10_000;
/** `ps` has to be started to look at a process elsewhere than on Linux. */
const LOOK_MS = process.platform === "linux" ? 500 : 3000;

const options = JSON.parse(process.argv[2]!) as KeeperOptions;
using lock = new FileLock(join(options.folder, "lane.lock"));
if (await takeLock(lock)) await keep(options);

async function takeLock(wanted: FileLock): Promise<boolean> {
  try {
    await wanted.wait(AbortSignal.timeout(TAKE_OVER_MS));
    return true;
  } catch (error) {
    // Another one is at work, and stays.
    if ((error as Error).name === "AbortError" || (error as Error).name === "TimeoutError")
      return false;
    throw error;
  }
}

async function keep({ folder, provider, fingerprint, idleMs, ...limits }: KeeperOptions) {
  // One that was killed could not take its folder away.
  const before = readLaneFile(folder);
  if (before) rmSync(dirname(before.socket), { recursive: true, force: true });
  const own = mkdtempSync(join(tmpdir(), "lane-keeper-"));
  const socket = join(own, "socket");
  const turns = new Set<Socket>();
  const ending = Promise.withResolvers<string>();
  const opening = openLane({ provider, env: process.env, types: [], idleMs, onLog: log });
  const server = createServer((client) => void serve(client, opening, turns, ending.resolve));
  server.listen(socket);
  await once(server, "listening");
  writeLaneFile(folder, { pid: process.pid, socket, fingerprint });
  const lane = await opening;
  const watch = setInterval(() => {
    const isUsed = turns.size > 0 || lane.isInUse;
    const reason = reasonToEnd(limits, isUsed);
    if (reason !== undefined) ending.resolve(reason);
  }, LOOK_MS);
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.once(signal, () => ending.resolve(signal));
  const reason = await Promise.race([
    ending.promise,
    lane.closed.then(() => "the lane has closed"),
  ]);
  log(`ends: ${reason}`);
  clearInterval(watch);
  removeLaneFile(folder);
  server.close();
  await lane.close();
  // Who waits for the end is told when there is nothing left.
  for (const turn of turns) turn.destroy();
  rmSync(own, { recursive: true, force: true });
}

function reasonToEnd(
  { cloudPid, leastFreeBytes }: Pick<KeeperOptions, "cloudPid" | "leastFreeBytes">,
  isUsed: boolean,
): string | undefined {
  if (!isAlive(cloudPid)) return "the cloud has gone";
  if (!isUsed && freeBytes() < leastFreeBytes) return "memory is short";
  return undefined;
}

/** One command: it says what it wants, and has its turn until it hangs up. */
async function serve(
  client: Socket,
  opening: Promise<Lane>,
  turns: Set<Socket>,
  end: (reason: string) => void,
): Promise<void> {
  turns.add(client);
  client.on("error", () => {}); // a command that was killed: `close` follows
  client.once("close", () => turns.delete(client));
  const [line] = (await once(createInterface({ input: client }), "line")) as [string];
  const request = JSON.parse(line) as LaneRequest;
  if ("end" in request) return end("it was asked to");
  const lane = await opening;
  lane.add(request.types);
  const { reattach, reattachWhole } = lane;
  client.write(`${JSON.stringify({ reattach, reattachWhole } satisfies LaneAnswer)}\n`);
}

/** Its standard error is a file. */
function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
