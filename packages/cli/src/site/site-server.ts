import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "@workbook/toolchain";
import { describeHolder } from "../cloud/port-holder.ts";
import { CloudProxy, sendJson } from "./cloud-proxy.ts";
import { refuse } from "./guard.ts";
import { StaticSite } from "./static-site.ts";

/** Where the site is looked for first. */
const FIRST_PORT = 5180;
/** So many ports are tried where nobody has asked for one. */
const TRIED_PORTS = 20;

export interface SiteServerOptions {
  /** Where the workspace's Local AWS keeps what it keeps. */
  readonly dataDir: string;
  /** What pages present to change anything in the cloud. */
  readonly token: string;
  /** 0 for any free one; undefined for the usual one, or the next that is free. */
  readonly port: number | undefined;
  /** Whose names pages are to show, as far as anybody knows yet; asked for with each page, and may throw a `UserError`. */
  readonly owner: () => string | undefined;
}

/** The site as this machine's browsers see it. */
export interface SiteServer {
  /** Such as `http://127.0.0.1:5180`. */
  readonly origin: string;
  /** Answers with the pages of a built site from now on; until then they are told to come back. */
  serve(folder: string): void;
  /** Ends all connections; resolves when the port is free. */
  stop(): Promise<void>;
}

/**
 * Serves the site, and `/_local/` from the same origin.
 * @throws {UserError} `SITE_PORT_TAKEN` naming who holds the port
 */
export async function startSiteServer(options: SiteServerOptions): Promise<SiteServer> {
  let site: StaticSite | undefined;
  const proxy = new CloudProxy(options.dataDir, options.token);
  const server = createServer((request, response) => answer(request, response, site, proxy));
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    serve(folder) {
      site = new StaticSite(folder, options.owner);
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: StaticSite | undefined,
  proxy: CloudProxy,
): void {
  response.setHeader("x-content-type-options", "nosniff");
  // A page in somebody else's frame could be made to be clicked.
  response.setHeader("x-frame-options", "DENY");
  const refusal = refuse(request);
  if (refusal) {
    const { status, code, message } = refusal;
    return sendJson(response, status, { code, message });
  }
  if (request.url?.startsWith("/_local/")) return proxy.answer(request, response);
  if (request.method !== "GET" && request.method !== "HEAD")
    return sendJson(response, 405, {
      code: "MethodNotAllowed",
      message: "Pages can only be read.",
    });
  if (!site)
    return sendJson(response, 503, { code: "Building", message: "The site is being built." });
  try {
    site.answer(request, response);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    sendJson(response, 500, { code: error.code, message: error.message });
  }
}

async function listen(
  server: ReturnType<typeof createServer>,
  wanted: number | undefined,
): Promise<void> {
  const first = wanted ?? FIRST_PORT;
  for (let port = first; ; port++) {
    server.listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      if (wanted !== undefined || port === first + TRIED_PORTS - 1) throw await portTaken(port);
    }
  }
}

async function portTaken(port: number): Promise<UserError> {
  const holder = await describeHolder(port);
  const by = holder ? ` by ${holder}` : "";
  return new UserError(`Port ${port}, where the site would be, is taken${by}.`, {
    code: "SITE_PORT_TAKEN",
    next: "./workbook site   (it takes a port that is free), or stop that program",
  });
}
