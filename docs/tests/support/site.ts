import { execFile } from "node:child_process";
import { once } from "node:events";
import { createReadStream, existsSync, globSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, extname, join } from "node:path";
import { promisify } from "node:util";

const docs = join(import.meta.dirname, "../..");
const run = promisify(execFile);
/** Not the root, so that a link that forgets the base is found. */
const BASE = "/courses/ecs/";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

/** The site, built and served as any static host would. */
export interface BuiltSite {
  /** What the build printed. */
  readonly output: string;
  /** Its pages as addresses below {@link origin}, such as `/courses/ecs/ja/labs/`. */
  readonly pages: readonly string[];
  readonly origin: string;
  readonly base: string;
  readonly stop: () => Promise<void>;
}

/** Builds the site below a base path, into a folder of its own, and serves it on a free port. */
export async function buildSite(): Promise<BuiltSite> {
  const folder = mkdtempSync(join(tmpdir(), "workbook-site-"));
  const command = join(docs, "node_modules/.bin/vitepress");
  const { stdout, stderr } = await run(command, ["build", docs, "--outDir", folder], {
    cwd: docs,
    env: { ...process.env, SITE_BASE: BASE, NO_COLOR: "1", NODE_ENV: "production" },
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const server = createServer((request, response) => {
    const file = findFile(folder, new URL(request.url ?? "/", "http://site").pathname);
    if (!file) {
      // As hosts of static sites do.
      response.writeHead(404, { "content-type": "text/html" });
      return createReadStream(join(folder, "404.html")).pipe(response);
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "text/plain" });
    return createReadStream(file).pipe(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const files = globSync("**/*.html", { cwd: folder }).filter((file) => file !== "404.html");
  return {
    output: `${stdout}${stderr}`,
    pages: files.toSorted().map((file) => BASE + file.replace(/(?:(?<=^|\/)index)?\.html$/, "")),
    origin: `http://127.0.0.1:${port}`,
    base: BASE,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findFile(folder: string, path: string): string | undefined {
  if (!path.startsWith(BASE)) return undefined;
  const place = join(folder, decodeURIComponent(path.slice(BASE.length)));
  const places = [place, `${place}.html`, join(place, "index.html")];
  return places.find((each) => existsSync(each) && statSync(each).isFile());
}

/** Chromium or Chrome of this machine. @throws where there is neither */
export function findBrowser(): string {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const name = names.find((each) => existsSync(join(folder, each)));
    if (name) return join(folder, name);
  }
  throw new Error(`The site's tests need a browser on PATH: one of ${names.join(", ")}.`);
}
