import { Server, Socket } from "node:net";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { SystemClock } from "../../../clock/system-clock.ts";
import { giveBackMemory } from "../../../ground/give-back-memory.ts";
import type { ChildMessage, ParentMessage, ProbeOutcome, ProbeRequest } from "../messages.ts";
import { DataPlane } from "./data-plane.ts";
import { endWithParent } from "./parent-watch.ts";

/** A health check under way. */
interface Probe {
  /** The time for an answer is over: without one by now, the check ends as a time-out. */
  expire(): void;
}

/**
 * Sends one health check request over a connection of its own; `done` is called once.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
function startProbe(request: ProbeRequest, done: (outcome: ProbeOutcome) => void): Probe {
  let open = true;
  const finish = (outcome: ProbeOutcome) => {
    if (!open) return;
    open = false;
    done(outcome);
  };
  const { route } = request;
  if (route === "refused") {
    finish({ type: "failed" });
    return { expire: () => {} };
  }
  if (route === "silent") return { expire: () => finish({ type: "timeout" }) };
  const send = request.tls ? httpsRequest : httpRequest;
  const outgoing = send({
    host: route.host,
    port: route.port,
    ...(route.from !== undefined && { localAddress: route.from }),
    path: request.path,
    agent: false,
    headers: {
      Host: request.host,
      Connection: "close",
      "User-Agent": "ELB-HealthChecker/2.0",
      "Accept-Encoding": "gzip, compressed",
    },
    ...(request.tls ? { rejectUnauthorized: false } : {}),
  });
  outgoing.on("response", (response) => {
    finish({ type: "status", status: response.statusCode ?? 0 });
    response.resume();
    response.on("end", () => outgoing.destroy());
    response.on("error", () => outgoing.destroy());
  });
  outgoing.on("error", () => {
    if (!request.isDropped) finish({ type: "failed" });
  });
  outgoing.end();
  return {
    expire: () => {
      finish({ type: "timeout" });
      outgoing.destroy();
    },
  };
}

/*
 * The data plane's process. It has a channel to the server that started it and ends when the channel does, so none
 * outlives its server, however that ended.
 */

const METRICS_INTERVAL_MS = 1000;

const send = (message: ChildMessage) => {
  if (process.connected) process.send!(message);
};
const faultMessage = (error: unknown): ChildMessage => ({
  type: "fault",
  message: error instanceof Error ? (error.stack ?? error.message) : String(error),
});
const fault = (error: unknown) => send(faultMessage(error));

const dataPlane = new DataPlane(new SystemClock(), fault);
const probes = new Map<number, Probe>();

function report(reply: boolean, isMinute = false): void {
  const deltas = dataPlane.takeMetrics(isMinute);
  if (reply || deltas.length > 0) send({ type: "metrics", deltas, reply });
}

function handle(message: ParentMessage, resource: unknown): void {
  switch (message.type) {
    case "configure":
      return dataPlane.configure(message.configuration);
    case "regroup":
      return dataPlane.regroup(message.targetGroups);
    case "listen":
      if (resource instanceof Server) dataPlane.listen(resource, message.socket);
      return;
    case "accept":
      // A connection that ended on its way here comes without its socket.
      if (resource instanceof Socket) dataPlane.accept(resource, message.socket);
      return;
    case "unlisten":
      return dataPlane.unlisten(message.id);
    case "probe":
      return probe(message.id, message.request);
    case "expire":
      return probes.get(message.id)?.expire();
    case "trace":
      return trace(message.trace, message.on);
    case "when-idle":
      return dataPlane.whenIdle(message.groupArn, message.key, () =>
        send({ type: "idle", id: message.id }),
      );
    case "report":
      return report(true, message.isMinute);
  }
}

function trace(id: string, on: boolean): void {
  const answered = (target: string) => send({ type: "answered", trace: id, target });
  dataPlane.trace(id, on ? answered : undefined);
}

function probe(id: number, request: Parameters<typeof startProbe>[0]): void {
  let finished = false;
  const started = startProbe(request, (outcome) => {
    finished = true;
    probes.delete(id);
    send({ type: "probed", id, outcome });
  });
  if (!finished) probes.set(id, started);
}

process.on("message", (message, resource) => handle(message as ParentMessage, resource));
process.on("disconnect", () => process.exit(0));
endWithParent();
// The terminal's Ctrl-C reaches the whole group; the server decides when traffic ends.
process.on("SIGINT", () => {});
// After an error that nobody expected, nothing is certain any more: the server starts the process anew.
process.on("uncaughtException", (error) => {
  if (!process.connected) process.exit(1);
  process.send!(faultMessage(error), () => process.exit(1));
});
giveBackMemory();
setInterval(() => report(false), METRICS_INTERVAL_MS);
// The channel may have been closed before anyone listened for it.
if (!process.connected) process.exit(0);
send({ type: "ready" });
