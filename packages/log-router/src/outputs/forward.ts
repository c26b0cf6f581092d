import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { encode, ExtData } from "@msgpack/msgpack";
import type { Settings } from "../config/settings.ts";
import type { LogEvent } from "../event.ts";
import { say } from "../log.ts";
import type { Output } from "./output.ts";

/** Sends events on to another router, in forward mode. https://docs.fluentbit.io/manual/pipeline/outputs/forward */
export function forward(settings: Settings): Output {
  settings.allow(["host", "port", "unix_path", "time_as_integer", "upstream", "tag"]);
  const path = settings.get("unix_path");
  const host = settings.get("Host") ?? "127.0.0.1";
  const port = settings.number("Port", 24_224);
  const asInteger = settings.flag("time_as_integer", false);
  const own = settings.get("Tag");
  let socket: Socket | undefined;
  const connected = async () => {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const made = path === undefined ? createConnection({ host, port }) : createConnection({ path });
    await once(made, "connect");
    made.on("error", () => {}).resume();
    socket = made;
    return made;
  };
  return {
    flush: async (tag, events) => {
      const entries = events.map((event) => [timeOf(event, asInteger), event.record]);
      try {
        const to = await connected();
        await new Promise<void>((resolve, reject) =>
          to.write(encode([own ?? tag, entries, { size: entries.length }]), (error) =>
            error ? reject(error) : resolve(),
          ),
        );
      } catch (error) {
        socket = undefined;
        const at = path ?? `${host}:${port}`;
        say(
          "error",
          `[${settings.owner}] no upstream connections available to ${at}: ${(error as Error).message}`,
        );
        throw error;
      }
    },
    close: async () => {
      socket?.end();
    },
  };
}

function timeOf({ time }: LogEvent, asInteger: boolean): unknown {
  if (asInteger) return Math.floor(time);
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(Math.floor(time), 0);
  bytes.writeUInt32BE(Math.round((time % 1) * 1e9) % 1e9, 4);
  return new ExtData(0, bytes);
}
