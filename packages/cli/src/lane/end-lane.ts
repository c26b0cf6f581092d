import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "@workbook/toolchain";
import { readLaneFile, type LaneFile, type LaneRequest } from "./lane-file.ts";

/** How long a keeper may take to end its provider. */
const PATIENCE_MS = 20_000;
const POLL_MS = 20;

/** Where a workspace's keeper is written down. */
export function laneFolder({ state }: { readonly state: string }): string {
  return join(state, "lane");
}

/**
 * Ends the keeper that is written down in a folder, where there is one, and its provider with it; then no process of it is left.
 *
 * @param before what else is to end first: a keeper whose cloud has gone leaves by itself, and is written down no more
 */
export async function endLane(
  folder: string,
  before: () => Promise<void> = async () => {},
): Promise<void> {
  const file = readLaneFile(folder);
  const client = file && (await dial(file));
  try {
    await before();
    if (!file || !client) return;
    say(client, { end: true });
    const deadline = Date.now() + PATIENCE_MS;
    while (isAlive(file.pid) && Date.now() < deadline) await delay(POLL_MS);
  } finally {
    client?.destroy();
  }
}

/** Undefined where nobody listens: what was written down is of one that has ended. */
export async function dial({ socket }: LaneFile): Promise<Socket | undefined> {
  const client = connect(socket);
  try {
    await once(client, "connect");
    client.on("error", () => {}); // `close` follows
    return client;
  } catch {
    return undefined;
  }
}

/** Says what is wanted. */
export function say(client: Socket, request: LaneRequest): void {
  client.write(`${JSON.stringify(request)}\n`);
}
