import { createReadStream, globSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";

/** Of all kinds of files that the site has. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".woff2": "font/woff2",
};

/** VitePress names what lies here after its content. */
const IMMUTABLE = /^\/assets\//;

/** Tells a page that it may ask for what is alive: the same page elsewhere does not have it, and asks nothing. */
const LIVE_MARK = '<meta name="workbook-live" content="1">';

/** A built site, as it is when this is made: what comes into the folder later is not served. */
export class StaticSite {
  readonly #files: ReadonlyMap<string, string>;
  readonly #owner: () => string | undefined;

  /** @param owner whose names pages are to show, as far as anybody knows yet */
  constructor(folder: string, owner: () => string | undefined) {
    this.#files = addresses(folder);
    this.#owner = owner;
  }

  /** Answers a GET or HEAD. Pages have the marks of a live server in their head. @throws what asking for the owner throws */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request.url ?? "/");
    const file = path === undefined ? undefined : this.#files.get(path);
    const found = file ?? this.#files.get("/404");
    response.statusCode = file === undefined ? 404 : 200;
    if (found === undefined) return void response.end("There is no such page.\n");
    response.setHeader("content-type", TYPES[extname(found)] ?? "application/octet-stream");
    response.setHeader(
      "cache-control",
      IMMUTABLE.test(path ?? "") ? "max-age=31536000, immutable" : "no-cache",
    );
    const isHead = request.method === "HEAD";
    if (found.endsWith(".html")) {
      const page = Buffer.from(withMarks(readFileSync(found, "utf8"), this.#owner()));
      response.setHeader("content-length", page.length);
      return void response.end(isHead ? undefined : page);
    }
    response.setHeader("content-length", statSync(found).size);
    if (isHead) return void response.end();
    createReadStream(found)
      .on("error", () => response.destroy())
      .pipe(response);
  }
}

/** The files by their addresses: `labs/01.html` is at `/labs/01` as well, `labs/index.html` at `/labs/`. */
function addresses(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of globSync("**/*", { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length).replaceAll("\\", "/");
    found.set(path, file);
    if (path.endsWith(".html")) found.set(path.replace(/(?:(?<=\/)index)?\.html$/, ""), file);
  }
  return found;
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0]!);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function withMarks(page: string, owner: string | undefined): string {
  const ownerMark = owner === undefined ? "" : `<meta name="workbook-owner" content="${owner}">`;
  return page.replace("</head>", () => `${LIVE_MARK}${ownerMark}</head>`);
}
