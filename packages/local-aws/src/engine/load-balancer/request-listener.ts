import { randomBytes } from "node:crypto";
import { request, type IncomingMessage } from "node:http";
import type { Clock } from "../../clock/clock.ts";
import type { DataPlaneProcess } from "./data-plane-process.ts";
import type { EffectiveListener } from "./listener-ports.ts";

/** Who looks at a page waits no longer for an answer. */
const PATIENCE_MS = 10_000;
const MOST_CHARACTERS = 2000;

/** What came back through a listener. */
export interface ListenerAnswer {
  /** null where nothing answered. */
  readonly status: number | null;
  /** The first 2,000 characters, or why nothing answered. */
  readonly body: string;
  readonly seconds: number;
  /** `<address>:<port>` of the target that answered; undefined where the load balancer did by itself. */
  readonly target: string | undefined;
}

export interface RequestContext {
  readonly clock: Clock;
  readonly process: DataPlaneProcess;
  /** Why clients of this machine do not get in, where they do not. */
  readonly whyClosed: () => string | undefined;
}

/**
 * Sends a GET through a listener, the way that any client on this machine takes. Who answered is known by the request's
 * `X-Amzn-Trace-Id`, which load balancers keep.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
export async function requestListener(
  listener: EffectiveListener,
  path: string,
  context: RequestContext,
): Promise<ListenerAnswer> {
  const since = performance.now();
  const seconds = () => Math.round(performance.now() - since) / 1000;
  const [address] = listener.addresses;
  if (!address) {
    const body = listener.problem ?? `Nothing listens on port ${listener.port} yet.`;
    return { status: null, body, seconds: 0, target: undefined };
  }
  const trace = newTrace(context.clock.now());
  let answer: Pick<ListenerAnswer, "status" | "body"> = { status: null, body: "" };
  const target = await context.process.whoAnswers(trace, async () => {
    answer = await get(address, path, { host: hostOf(listener), trace }, context);
  });
  return { ...answer, seconds: seconds(), target };
}

/** By its name, the right one is found among load balancers that share a port. */
const hostOf = ({ dnsName, port }: EffectiveListener) => `${dnsName}:${port}`;

/** Version, seconds since the epoch in hex, 24 hex digits. */
function newTrace(now: number): string {
  const seconds = Math.trunc(now / 1000).toString(16);
  return `Root=1-${seconds.padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
}

function get(
  { host, port }: { readonly host: string; readonly port: number },
  path: string,
  headers: { readonly host: string; readonly trace: string },
  { clock, whyClosed }: RequestContext,
): Promise<Pick<ListenerAnswer, "status" | "body">> {
  return new Promise((resolve) => {
    const sent = request({
      host,
      port,
      path,
      headers: { host: headers.host, "x-amzn-trace-id": headers.trace },
      agent: false,
    });
    const patience = clock.deadline(PATIENCE_MS, () => {
      const why = whyClosed();
      sent.destroy(
        new Error(`No answer within ${PATIENCE_MS / 1000} s.${why === undefined ? "" : ` ${why}`}`),
      );
    });
    const fail = (error: Error) => resolve({ status: null, body: error.message });
    sent.on("response", (response) => {
      response.on("error", fail);
      void readStart(response).then(
        (body) => resolve({ status: response.statusCode!, body }),
        fail,
      );
    });
    sent.on("error", fail);
    sent.on("close", () => patience.cancel());
    sent.end();
  });
}

/** The first characters of a body. The rest is let in and dropped, so that it counts as taken. */
async function readStart(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8"))
    if (text.length < MOST_CHARACTERS) text += chunk as string;
  return text.slice(0, MOST_CHARACTERS);
}
