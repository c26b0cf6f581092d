import { proxiedFetch } from "./proxied-fetch.ts";
import type { Endpoint } from "./registries.ts";
import { failedRequest } from "./registry-fault.ts";

/**
 * Asks all endpoints of a registry at once, by this machine's proxies, whether they are there; the first that answers, whatever it says, will do.
 * @param ms how long that may take together
 * @returns why none answered, in containerd's words; undefined where one did
 */
export async function whyUnreachable(
  endpoints: readonly Endpoint[],
  ms: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const fetch = proxiedFetch(process.env);
  const late = AbortSignal.timeout(ms);
  const ended = signal ? AbortSignal.any([late, signal]) : late;
  const asked = endpoints.map(async ({ base }) => {
    const url = new URL(`${base}/`);
    try {
      const response = await fetch(url, { redirect: "manual", signal: ended });
      await response.body?.cancel();
    } catch (error) {
      signal?.throwIfAborted();
      if (late.aborted)
        throw new Error(`${url.host} did not answer within ${ms} ms`, { cause: error });
      throw failedRequest("GET", url, error);
    }
  });
  try {
    await Promise.any(asked);
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    const { errors } = error as AggregateError;
    return (errors[0] as Error).message;
  }
}
