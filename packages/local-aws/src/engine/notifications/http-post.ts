import { request as plain } from "node:http";
import { request as secure } from "node:https";
import type { Clock } from "../../clock/clock.ts";

/** How long an endpoint may take to answer. https://docs.aws.amazon.com/sns/latest/dg/sns-prepare-endpoint.html */
const ANSWER_MS = 15_000;

/** What an HTTP endpoint is sent. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Posts to an endpoint, and waits for its answer.
 * @param signal ends it
 * @returns the status; undefined where there was no answer in time
 */
export function post(
  { url, headers, body }: Post,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | undefined> {
  const target = new URL(url);
  const request = target.protocol === "https:" ? secure : plain;
  const { username, password, hostname } = target;
  const auth = username && `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  // Not every machine resolves the names of load balancers here: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
  const isHere = hostname.endsWith(".localhost");
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const sent = request(target, {
    method: "POST",
    headers: { ...headers, host: target.host, "content-length": Buffer.byteLength(body) },
    signal,
    agent: false,
    ...(auth && { auth }),
    ...(isHere && { hostname: "127.0.0.1" }),
  });
  const timer = clock.deadline(ANSWER_MS, () => sent.destroy());
  sent.on("response", (answer) => {
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode));
    answer.on("error", () => resolve(undefined));
  });
  sent.on("error", () => resolve(undefined));
  sent.on("close", () => resolve(undefined));
  sent.end(body);
  return promise.finally(() => timer.cancel());
}
