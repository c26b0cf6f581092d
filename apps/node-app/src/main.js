import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { createApp } from "./app.js";
import { parseConfig } from "./config.js";
import { createDrain } from "./drain.js";
import { createLog } from "./log.js";

// Longer than the load balancer's idle time-out (60 s): otherwise it may reuse a connection that we are just closing,
// and its client gets a 502.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

const log = createLog(process.stdout);
const stopping = new AbortController();

// As the first process of a container we get no default action for a signal: without a handler it would be ignored.
process.once("SIGTERM", () => stopping.abort("SIGTERM"));
process.once("SIGINT", () => stopping.abort("SIGINT"));

process.exitCode = await main();

async function main() {
  let config;
  try {
    config = parseConfig(process.env);
  } catch (error) {
    log({ level: "error", message: "bad configuration", error: error.message });
    return 1;
  }
  if (config.startDelaySeconds > 0) {
    log({ level: "info", message: "waiting before the start", seconds: config.startDelaySeconds });
    await delay(config.startDelaySeconds * 1000, undefined, { signal: stopping.signal }).catch(
      () => undefined,
    );
  }
  if (stopping.signal.aborted) return stopped();
  if (config.crashOnStart !== undefined) {
    log({
      level: "error",
      message: "crashing on purpose: CRASH_ON_START",
      exitCode: config.crashOnStart,
    });
    return config.crashOnStart;
  }
  return await serve(config);
}

/** Listens until a signal comes, then finishes the requests in flight. Resolves to the exit code. */
async function serve(config) {
  const server = createServer(createApp({ ...config, log }));
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = KEEP_ALIVE_TIMEOUT_MS + 1_000;
  const drain = createDrain(server);
  try {
    await new Promise((resolve, reject) =>
      server.once("error", reject).listen(config.port, resolve),
    );
  } catch (error) {
    log({ level: "error", message: "cannot listen", port: config.port, error: error.message });
    return 1;
  }
  log({
    level: "info",
    message: "listening",
    port: server.address().port,
    version: config.version,
  });
  if (config.crashAfterSeconds !== undefined) crashLater(config.crashAfterSeconds);
  if (!stopping.signal.aborted) {
    await new Promise((resolve) =>
      stopping.signal.addEventListener("abort", resolve, { once: true }),
    );
  }
  await drain();
  return stopped();
}

function crashLater(seconds) {
  setTimeout(() => {
    log({ level: "error", message: "crashing on purpose: CRASH_AFTER_SECONDS", exitCode: 1 });
    process.exit(1);
  }, seconds * 1000).unref();
}

function stopped() {
  log({ level: "info", message: "stopped", signal: stopping.signal.reason });
  return 0;
}
