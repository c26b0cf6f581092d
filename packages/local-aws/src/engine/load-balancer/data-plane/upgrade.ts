import type { IncomingMessage } from "node:http";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Duplex } from "node:stream";
import { rawAnswer } from "./answers.ts";
import { chooseAction, type CompiledListener } from "./compiled.ts";
import { balancerCodeMetric } from "./metrics.ts";
import type { RequestFacts } from "./request-facts.ts";
import { requestHead } from "./request-head.ts";
import { chooseTarget } from "./routing.ts";
import type { Services } from "./services.ts";
import { CONNECT_TIMEOUT_MS } from "./target-connection.ts";

/**
 * Takes a connection over to WebSocket: the request goes to a target, and from then on bytes pass both ways as they are,
 * the target's answer included, be it 101 or not. Sticky by nature.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#websocket-support
 */
export function relayUpgrade(
  request: IncomingMessage,
  client: Duplex,
  early: Buffer,
  facts: RequestFacts,
  listener: CompiledListener,
  services: Services,
): void {
  const { balancer, configuration } = listener;
  const { metrics } = services;
  metrics.add(balancer.arn, "RequestCount");
  const refuse = (status: number) => {
    metrics.add(balancer.arn, balancerCodeMetric(status));
    client.end(rawAnswer(status));
  };
  const action = chooseAction(listener, {
    method: request.method ?? "",
    url: request.url ?? "/",
    facts,
    rawHeaders: request.rawHeaders,
    clientAddress: services.homeAddress(),
  });
  // Redirects and fixed responses are for requests; a handshake is answered with what it cannot have.
  if (action.type !== "forward") return refuse(action.type === "redirect" ? action.status : 400);
  const choice = chooseTarget(action, facts, services);
  if (!choice) return refuse(503);
  const { group, target } = choice;
  const { route } = target.configuration;
  metrics.add(group.configuration.arn, "RequestCount");
  if (route === "refused") return refuse(502);
  if (route === "silent") {
    const silence = services.clock.deadline(CONNECT_TIMEOUT_MS, () => refuse(504));
    client.once("close", () => silence.cancel());
    return;
  }
  const head = requestHead(
    request,
    facts,
    {
      balancer,
      listenerPort: configuration.port,
      homeAddress: services.homeAddress(),
      traceIds: services.traceIds,
    },
    true,
  );
  const upstream = group.configuration.tls
    ? connectTls({ ...route, rejectUnauthorized: false })
    : connectTcp(route);
  target.outstanding++;
  join(client as Socket, upstream, {
    readyEvent: group.configuration.tls ? "secureConnect" : "connect",
    idleTimeoutMs: balancer.idleTimeoutMs,
    opening: [Buffer.from(head, "latin1"), early],
    refuse,
    closed: () => target.outstanding--,
  });
}

function join(
  client: Socket,
  upstream: Socket,
  options: {
    readyEvent: "connect" | "secureConnect";
    idleTimeoutMs: number;
    opening: readonly Buffer[];
    refuse: (status: number) => void;
    closed: () => void;
  },
): void {
  let answered = false;
  const end = (status: number) => {
    upstream.destroy();
    if (answered) client.destroy();
    else if (!client.destroyed) options.refuse(status);
  };
  upstream.setNoDelay(true);
  upstream.setTimeout(CONNECT_TIMEOUT_MS);
  upstream.once(options.readyEvent, () => {
    for (const bytes of options.opening) if (bytes.length > 0) upstream.write(bytes);
    upstream.setTimeout(options.idleTimeoutMs);
    client.setTimeout(options.idleTimeoutMs);
    client.pipe(upstream);
  });
  upstream.once("data", (first: Buffer) => {
    answered = true;
    client.write(first);
    upstream.pipe(client);
  });
  upstream.on("timeout", () => end(504));
  upstream.on("error", () => end(502));
  upstream.on("close", () => {
    options.closed();
    if (!answered) end(502);
  });
  client.on("timeout", () => end(504));
  client.on("error", () => upstream.destroy());
  client.on("close", () => upstream.destroy());
}
