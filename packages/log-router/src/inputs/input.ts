import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { encode } from "@msgpack/msgpack";
import { ConfigError } from "../config/config-error.ts";
import type { Settings } from "../config/settings.ts";
import type { LogEvent } from "../event.ts";
import { say } from "../log.ts";
import { forwardMessages } from "./forward-decoder.ts";

/** Takes what comes in; a promise resolves when there is room for more. */
export type Take = (tag: string, events: readonly LogEvent[]) => void | Promise<void>;

/** Something that listens. */
export interface Input {
  close(): void;
}

/** Opens an input. @throws ConfigError, or the system's error where it cannot listen */
export async function openInput(settings: Settings, take: Take): Promise<Input> {
  const name = settings.required("Name").toLowerCase();
  if (name === "forward") {
    settings.allow([
      "unix_path",
      "unix_perm",
      "listen",
      "port",
      "mem_buf_limit",
      "tag_prefix",
      "buffer_chunk_size",
      "buffer_max_size",
    ]);
    return listen(settings, 24_224, (socket) => readForward(socket, settings, take));
  }
  if (name === "tcp") {
    settings.allow(["listen", "port", "chunk_size", "buffer_size", "format", "separator"]);
    return listen(settings, 5170, (socket) => readJson(socket, settings.get("Tag") ?? "tcp", take));
  }
  throw new ConfigError(
    `[config] the workbook's router has no input '${name}': it has forward and tcp`,
  );
}

async function listen(
  settings: Settings,
  defaultPort: number,
  read: (socket: Socket) => Promise<void>,
): Promise<Input> {
  const path = settings.get("unix_path");
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {}); // A sender that went away in the middle of a message.
    socket.once("close", () => open.delete(socket));
    read(socket).catch((error: Error) => {
      if (!socket.destroyed) say("warn", `[${settings.owner}] ${error.message}`);
      socket.destroy();
    });
  });
  const port = settings.number("Port", defaultPort);
  const host = settings.get("Listen") ?? "0.0.0.0";
  // One that was killed has left its socket.
  if (path !== undefined) rmSync(path, { force: true });
  server.listen(
    path === undefined ? { port, host } : { path, readableAll: true, writableAll: true },
  );
  await once(server, "listening");
  const at = path === undefined ? `${host}:${port}` : `unix://${path}`;
  say("info", `[${settings.owner}] listening on ${at}`);
  return {
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function readForward(socket: Socket, settings: Settings, take: Take): Promise<void> {
  const prefix = settings.get("tag_prefix") ?? "";
  const own = settings.get("Tag");
  for await (const { tag, events, chunk } of forwardMessages(socket)) {
    await take(own ?? prefix + tag, events);
    if (chunk !== undefined) socket.write(encode({ ack: chunk }));
  }
}

/** Objects of JSON one after the other, each on a line: what health checks send. */
async function readJson(socket: Socket, tag: string, take: Take): Promise<void> {
  let text = "";
  for await (const bytes of socket.setEncoding("utf8")) {
    const lines = (text + (bytes as string)).split(/\r?\n|\0/);
    text = lines.pop()!;
    const events = lines.flatMap((line) => {
      if (line.trim() === "") return [];
      return [{ time: Date.now() / 1000, record: JSON.parse(line) as LogEvent["record"] }];
    });
    if (events.length > 0) await take(tag, events);
  }
}
