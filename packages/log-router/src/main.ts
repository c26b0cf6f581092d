import { ConfigError, UnreadableConfig } from "./config/config-error.ts";
import { say } from "./log.ts";
import { startRouter, type Router } from "./start-router.ts";

/* The program of the image: `fluent-bit -c FILE`. Other arguments of Fluent Bit's, such as plugins to load, mean nothing here. */

const at = process.argv.indexOf("-c");
const file = at === -1 ? "/fluent-bit/etc/fluent-bit.conf" : process.argv[at + 1]!;

say("info", "[router] the workbook's log router, in the place of Fluent Bit");
const router = await startRouter(file, process.env).catch((error: unknown): Router | undefined => {
  const { message } = error as Error;
  say("error", error instanceof ConfigError ? message : `[engine] ${message}`);
  process.exitCode = error instanceof UnreadableConfig ? 1 : 255;
  return undefined;
});
if (router) {
  const end = (signal: NodeJS.Signals) => {
    say("info", `[engine] caught signal (${signal})`);
    void router.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", end).once("SIGINT", end);
} else {
  say("error", "[engine] configuration failed, aborting.");
  process.exit();
}
