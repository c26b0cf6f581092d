import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "@workbook/toolchain";
import { describeHolder } from "../cloud/port-holder.ts";
import { CloudProxy, sendJson } from "./cloud-proxy.ts";
import { refuse } from "./guard.ts";
import { MARKS_PATH, type LearnerMarks } from "./learner-marks.ts";
import { StaticSite } from "./static-site.ts";
import { BUILD_PATH, waitingPage, type BuildProgress } from "./waiting-page.ts";

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
  /** How far the learner is; asked for with each page that wants to know. */
  readonly marks: () => LearnerMarks;
}

/** The site as this machine's browsers see it. */
export interface SiteServer {
  /** Such as `http://127.0.0.1:5180`. */
  readonly origin: string;
  /** Tells those who wait for the site how far it is. */
  building(progress: BuildProgress): void;
  /** Answers with the pages of a built site from now on; until then a page waits for them. */
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
  let progress: BuildProgress | undefined;
  const proxy = new CloudProxy(options.dataDir, options.token);
  const server = createServer((request, response) => {
    if (isRefused(request, response)) return;
    const path = (request.url ?? "/").split(/[?#]/, 1)[0]!;
    if (path.startsWith("/_local/")) return proxy.answer(request, response);
    if (request.method !== "GET" && request.method !== "HEAD") return refuseChange(response);
    if (path === BUILD_PATH)
      return sendJson(response, 200, { built: site !== undefined, ...progress });
    if (path === MARKS_PATH) return sendJson(response, 200, options.marks());
    if (!site) return wait(request, response, path);
    answer(request, response, site);
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    building(next) {
      progress = next;
    },
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

/** Sets what all answers have, and answers what is not for this server; whether it did. */
function isRefused(request: IncomingMessage, response: ServerResponse): boolean {
  response.setHeader("x-content-type-options", "nosniff");
  // A page in somebody else's frame could be made to be clicked.
  response.setHeader("x-frame-options", "DENY");
  const refusal = refuse(request);
  if (!refusal) return false;
  const { status, code, message } = refusal;
  sendJson(response, status, { code, message });
  return true;
}

function refuseChange(response: ServerResponse): void {
  sendJson(response, 405, { code: "MethodNotAllowed", message: "Pages can only be read." });
}

/** Who asks for a page gets one that waits for it; all else is told to come back. */
function wait(request: IncomingMessage, response: ServerResponse, path: string): void {
  response.setHeader("retry-after", "1");
  if (!request.headers.accept?.includes("text/html"))
    return sendJson(response, 503, { code: "Building", message: "The site is being built." });
  const page = waitingPage(path.startsWith("/ja/") ? "ja" : "en");
  response.writeHead(503, { "content-type": "text/html; charset=utf-8" });
  response.end(request.method === "HEAD" ? undefined : page);
}

function answer(request: IncomingMessage, response: ServerResponse, site: StaticSite): void {
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
  const [by, ja] = holder ? [` by ${holder}`, ` (${holder})`] : ["", ""];
  return new UserError(
    [
      `Port ${port}, where the site would be, is taken${by}.`,
      `サイトのポート ${port} は使用中です${ja}。`,
    ],
    {
      code: "SITE_PORT_TAKEN",
      next: [
        "./workbook site   (it takes a port that is free), or stop that program",
        "./workbook site   (空いているポートを使います)、またはそのプログラムを止める",
      ],
    },
  );
}
