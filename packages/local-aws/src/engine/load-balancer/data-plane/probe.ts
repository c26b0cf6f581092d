import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ProbeOutcome, ProbeRequest } from "../messages.ts";

/** A health check under way. */
export interface Probe {
  /** The time for an answer is over: without one by now, the check ends as a time-out. */
  expire(): void;
}

/**
 * Sends one health check request over a connection of its own; `done` is called once.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function startProbe(request: ProbeRequest, done: (outcome: ProbeOutcome) => void): Probe {
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
  outgoing.on("error", () => finish({ type: "failed" }));
  outgoing.end();
  return {
    expire: () => {
      finish({ type: "timeout" });
      outgoing.destroy();
    },
  };
}
