import { hostname } from "node:os";
import express from "express";
import { accessLog } from "./access-log.js";
import { readArrived } from "./arrived.js";
import { readTaskMetadata } from "./task-metadata.js";

export const GREETING = "Hello World from node.js";

/**
 * The service without its socket: `/`, `/healthz`, `/info` and `/config`.
 *
 * @param {Pick<ReturnType<typeof import("./config.js").parseConfig>, "version" | "metadataUri" | "arrived">
 *   & { log: (fields: Record<string, unknown>) => void }} options
 */
export function createApp({ version, metadataUri, arrived, log }) {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(accessLog(log));
  app.get("/", (_request, response) => {
    response.type("text/plain").send(GREETING);
  });
  app.get("/healthz", (_request, response) => {
    response.type("text/plain").send("ok");
  });
  app.get("/info", async (_request, response) => {
    const about = { app: "node-app", version, hostname: hostname() };
    try {
      response.json({ ...about, ...(await readTaskMetadata(metadataUri)) });
    } catch (error) {
      log({ level: "error", message: "cannot read the task metadata", error: String(error) });
      response
        .status(502)
        .json({ ...about, error: `cannot read the task metadata: ${error.message}` });
    }
  });
  app.get("/config", async (_request, response) => {
    try {
      response.json(await readArrived(arrived));
    } catch (error) {
      log({ level: "error", message: "cannot read what has arrived", error: String(error) });
      response.status(502).json({ error: error.message });
    }
  });
  app.use((_request, response) => {
    response.status(404).type("text/plain").send("Not Found");
  });
  return app;
}
