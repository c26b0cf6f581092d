import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readLaneFile, type LaneFile, type LaneRequest } from "./lane-file.ts";

/** How long a keeper may take to end its provider. */
const PATIENCE_MS = 20_000;

/** Where a workspace's keeper is written down. */
export function laneFolder({ state }: { readonly state: string }): string {
  return join(state, "lane");
}

/** Ends the keeper that is written down in a folder, where there is one, and its provider with it. */
export async function endLane(folder: string): Promise<void> {
  const file = readLaneFile(folder);
  const client = file && (await dial(file));
  if (!client) return;
  say(client, { end: true });
  await Promise.race([once(client, "close"), delay(PATIENCE_MS, undefined, { ref: false })]);
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
