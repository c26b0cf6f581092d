import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { resolveInRoot } from "@workbook/image-layers";
import type { Dial } from "./messages.ts";

/** Read when this program starts: the room has folders of its own over some of the machine's, and ours may be below one of them. */
const ELSEWHERE = readFileSync(new URL("./dial-elsewhere.ts", import.meta.url), "utf8");

/**
 * Connects to a socket file, or from another network of the room to a port. A process has one network, so the second is done by a process
 * of its own, which hands the connection over.
 * @throws Error in the system's words: `connect ECONNREFUSED 127.0.0.1:24224`
 */
export async function dial(to: Dial): Promise<Socket> {
  if ("namespace" in to) return dialElsewhere(to);
  const path = await resolveInRoot(to.root, to.path, { followLast: true });
  const socket = createConnection({ path, allowHalfOpen: true });
  socket.pause();
  await new Promise<void>((resolve, reject) =>
    socket.once("connect", resolve).once("error", reject),
  );
  socket.removeAllListeners("error");
  return socket;
}

function dialElsewhere(to: Extract<Dial, { namespace: string }>): Promise<Socket> {
  // The program is found by its process, for the same reason.
  const node = [`/proc/${process.pid}/exe`, "--input-type=module-typescript", "-e", ELSEWHERE];
  const child = spawn("nsenter", [`--net=${to.namespace}`, ...node, to.host, String(to.port)], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`connect ECONNREFUSED ${to.host}:${to.port}`)));
    child.once("message", (message: { failed?: string }, socket) => {
      child.disconnect();
      if (socket) resolve(socket as Socket);
      else reject(new Error(message.failed));
    });
  });
}
