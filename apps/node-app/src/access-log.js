/**
 * Express middleware that logs one line a request, when its connection is done with it: time, method, path (without
 * the query, which may hold secrets), status, ms, client, and the load balancer's trace id where there is one.
 *
 * @param {(fields: Record<string, unknown>) => void} log
 */
export function accessLog(log) {
  return (request, response, next) => {
    const start = performance.now();
    const path = request.path;
    response.once("close", () => {
      log({
        level: "info",
        method: request.method,
        path,
        status: response.statusCode,
        ms: Math.round((performance.now() - start) * 100) / 100,
        client: clientAddress(request),
        traceId: request.get("x-amzn-trace-id"),
        aborted: response.writableFinished ? undefined : true,
      });
    });
    next();
  };
}

/**
 * The load balancer appends the address that it saw, so only the last entry can be trusted.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
function clientAddress(request) {
  const forwarded = request.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return forwarded || request.socket.remoteAddress;
}
