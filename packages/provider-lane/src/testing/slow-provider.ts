import { appendFileSync } from "node:fs";
import { createServer } from "node:http2";
import { join } from "node:path";
import { answer, readAll, succeeded, toBody } from "../grpc.ts";

/**
 * A provider, as far as calls go: it writes each call into the file `CALLS` when it comes and when it is answered, and
 * answers those named in `HELD` when it gets SIGUSR2.
 */
const { CALLS = "", HELD = "", PLUGIN_UNIX_SOCKET_DIR = "" } = process.env;
const write = (line: string) => appendFileSync(CALLS, `${line}\n`);
const { promise: released, resolve: release } = Promise.withResolvers<void>();
process.once("SIGUSR2", () => release());

const server = createServer();
server.on("stream", (stream, headers) => {
  const name = headers[":path"]!.split("/").at(-1)!;
  const serve = async () => {
    await readAll(stream);
    write(name);
    if (name === HELD) await released;
    write(`${name} is answered`);
    answer(stream, succeeded(toBody(Buffer.alloc(0))));
  };
  void serve();
});
const socket = join(PLUGIN_UNIX_SOCKET_DIR, "provider");
server.listen(socket, () => {
  const Addr = { Network: "unix", String: socket };
  const attachment = { Protocol: "grpc", ProtocolVersion: 5, Addr, Pid: process.pid };
  const line = `TF_REATTACH_PROVIDERS='${JSON.stringify({ "example.test/slow": attachment })}'`;
  write(`process ${process.pid}`);
  process.stdout.write(`${line}\n`);
});
