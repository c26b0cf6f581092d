import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startSiteServer, type SiteServer } from "./site-server.ts";
import { BUILD_PATH } from "./waiting-page.ts";

let folder: string;
let server: SiteServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "site-"));
  writeFileSync(join(folder, "index.html"), "<html><head></head><body>home</body></html>");
  server = await startSiteServer({
    dataDir: folder,
    token: "token",
    port: 0,
    owner: () => undefined,
    marks: () => ({ current: null, passed: [] }),
  });
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const get = (path: string, accept = "text/html,*/*") =>
  fetch(server.origin + path, { headers: { accept } });

test("until the site is there, who asks for a page gets one that waits, in the page's language", async () => {
  for (const [path, language, words] of [
    ["/labs/07-load-balancer", "en", "The site is being made"],
    ["/ja/labs/07-load-balancer", "ja", "サイトを作成しています"],
  ] as const) {
    const response = await get(path);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("1");
    const page = await response.text();
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).toContain(`<h1>${words}</h1>`);
    expect(page).toContain(BUILD_PATH);
  }
  const script = await get("/assets/app.js", "*/*");
  expect(script.status).toBe(503);
  expect(await script.json()).toMatchObject({ code: "Building" });
});

test("a waiting page is told how far the site is, and that it is there", async () => {
  const progress = async () => (await get(BUILD_PATH)).json();
  expect(await progress()).toEqual({ built: false });
  server.building({ done: 34, pages: 74 });
  expect(await progress()).toEqual({ built: false, done: 34, pages: 74 });
  server.serve(folder);
  expect(await progress()).toMatchObject({ built: true });
  expect(await (await get("/")).text()).toContain("home");
});
