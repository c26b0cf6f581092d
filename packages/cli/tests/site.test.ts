import { once } from "node:events";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { loadLab } from "@workbook/lab-kit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureCopy } from "../src/learn/learner-copy.ts";
import { learnerFolder } from "../src/learn/learner-folder.ts";
import { notePassed, noteStarted, progressFile } from "../src/learn/progress-file.ts";
import { servedSite, SITE_KEY_FILE } from "../src/site/served-folder.ts";
import { siteKey } from "../src/site/site-key.ts";
import { TestWorkbook, type Begun } from "../src/testing/workbook.ts";

const PAGE = "<!DOCTYPE html><html><head><title>Seven</title></head><body>seven</body></html>";

let workbook: TestWorkbook;
let site: Begun;
let origin: string;
let token: string;

beforeAll(async () => {
  workbook = new TestWorkbook({
    WORKBOOK_PORT: "0",
    WORKBOOK_LISTENERS: "ephemeral",
    OWNER: "",
  });
  putSite();
  site = workbook.begin(["site", "--port", "0", "--json"]);
  const said = (await once(site.child.stdout!, "data")) as [Buffer];
  const { url } = JSON.parse(said[0].toString("utf8")) as { url: string };
  ({ origin } = new URL(url));
  token = new URL(url).hash.replace("#token=", "");
});
afterAll(async () => {
  site.child.kill("SIGKILL");
  await workbook.remove();
});

/** A site that counts as built: building the real one takes half a minute. */
function putSite(): void {
  const folder = servedSite(workbook.state);
  mkdirSync(join(folder, "labs"), { recursive: true });
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(join(folder, "labs/07.html"), PAGE);
  writeFileSync(join(folder, "app.js"), "0;");
  writeFileSync(join(folder, SITE_KEY_FILE), siteKey(workbook.root));
}

/** Sends headers that `fetch` would set by itself. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, origin), { method, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body }));
    });
    sent.on("error", reject).end();
  });
}

const putReport = (headers: Record<string, string>) =>
  fetch(`${origin}/_local/reports/07`, { method: "PUT", headers, body: '{"checks":[]}' });

test("pages are served with the mark of a live server, by their clean addresses", async () => {
  for (const path of ["/", "/labs/07", "/labs/07.html"]) {
    const response = await fetch(origin + path);
    expect(response.headers.get("content-type"), path).toBe("text/html; charset=utf-8");
    expect(await response.text()).toBe(
      PAGE.replace("</head>", '<meta name="workbook-live" content="1"></head>'),
    );
  }
  const script = await fetch(`${origin}/app.js`);
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  for (const path of ["/nothing", `/${SITE_KEY_FILE}`, "/..%2fsite-token", "/%"])
    expect((await fetch(origin + path)).status, path).toBe(404);
});

test("pages are told which chapter the learner is in, and which are passed", async () => {
  const marks = async () => (await fetch(`${origin}/_site/progress`)).json();
  expect(await marks()).toEqual({ current: null, passed: [] });
  const learner = learnerFolder({ learner: join(workbook.state, "workspace") });
  noteStarted(learner, "01-images");
  notePassed(learner, "01-images");
  noteStarted(learner, "02-network");
  expect(await marks()).toEqual({ current: "02-network", passed: ["01-images"] });
  rmSync(progressFile(learner));
});

test("pages name the owner as soon as one is settled", async () => {
  const config = join(workbook.state, "config.json");
  expect(await (await fetch(`${origin}/labs/07`)).text()).not.toContain("workbook-owner");
  writeFileSync(config, '{"owner":"\\"><b>"}');
  const refused = await fetch(`${origin}/labs/07`);
  expect(refused.status).toBe(500);
  expect(await refused.json()).toMatchObject({ code: "OWNER_INVALID" });
  writeFileSync(config, '{"owner":"taro"}');
  const page = await (await fetch(`${origin}/labs/07`)).text();
  expect(page).toContain('<meta name="workbook-owner" content="taro"></head>');
});

test("without Local AWS, what is alive answers that it is down", async () => {
  const response = await fetch(`${origin}/_local/live`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ code: "CloudDown" });
});

test("what happens reaches the page at once, also from a Local AWS that came up later, elsewhere", async () => {
  for (const _time of ["first", "again, at another port"]) {
    expect((await workbook.run(["cloud", "up", "--port", "0"])).code).toBe(0);
    const response = await fetch(`${origin}/_local/live`);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    await until(events, 'event: picture\ndata: {"type":"picture"');

    expect((await putReport({ authorization: "Bearer wrong" })).status).toBe(401);
    expect((await putReport({})).status).toBe(401);
    expect((await putReport({ authorization: `Bearer ${token}` })).status).toBe(200);
    await until(events, '"lab":"07"');

    await workbook.run(["cloud", "down"]);
    await vi.waitFor(
      async () => expect((await fetch(`${origin}/_local/health`)).status).toBe(503),
      { timeout: 60_000 },
    );
  }
});

test("the pace of a cloud that runs is changed by the command and by the page, and all say the same", async () => {
  expect((await workbook.run(["cloud", "pace"])).stdout).toContain("Local AWS is not running");
  expect((await workbook.run(["cloud", "up", "--port", "0"])).code).toBe(0);
  expect((await workbook.run(["cloud", "pace"])).stdout).toContain("idle waiting 60 times faster");
  expect((await workbook.run(["cloud", "pace", "slow"])).code).toBe(2);
  expect((await workbook.run(["cloud", "pace", "real"])).code).toBe(0);
  expect((await workbook.run(["status"])).stdout).toContain("AWS's own pace");

  const put = (authorization: string) =>
    fetch(`${origin}/_local/clock`, {
      method: "PUT",
      headers: { authorization },
      body: '{"acceleration":10}',
    });
  expect((await put("Bearer wrong")).status).toBe(401);
  expect((await put(`Bearer ${token}`)).status).toBe(200);
  expect(await workbook.json(["cloud", "pace"])).toEqual({ running: true, acceleration: 10 });
  // The pace is that of a cloud that runs: nobody is left with a slow one the next day.
  await workbook.run(["cloud", "down"]);
  await workbook.run(["cloud", "up", "--port", "0"]);
  expect(await workbook.json(["cloud", "pace"])).toEqual({ running: true, acceleration: 60 });
  await workbook.run(["cloud", "down"]);
});

/** Reads until a whole event has come that has `text`; what has been read. */
async function until(events: ReadableStreamDefaultReader<string>, text: string): Promise<string> {
  let read = "";
  while (!(read.includes(text) && read.endsWith("\n\n"))) {
    const { value, done } = await events.read();
    if (done) throw new Error(`the stream ended without ${text}: ${read}`);
    read += value;
  }
  return read;
}

test("checks turn green when the learner saves", async () => {
  const { root, state } = workbook;
  const lab = await loadLab(join(root, "labs/02-network"));
  const learner = learnerFolder({ learner: join(state, "workspace") });
  const { directory } = ensureCopy(learner, root, lab);
  noteStarted(learner, lab.id);
  expect((await workbook.run(["cloud", "up", "--port", "0"])).code).toBe(0);
  const response = await fetch(`${origin}/_local/live`);
  const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await until(events, '"lab":"02-network"');
  expect(await lastReport(lab.id)).toContainEqual(
    expect.objectContaining({ id: lab.startFailsAt, status: "failed" }),
  );

  copyFileSync(join(lab.directory, "solution/stack.ts"), join(directory, "stack.ts"));
  await until(events, '"status":"passed"');
  const statuses = (await lastReport(lab.id)).map(({ tier, status }) => `${tier} ${status}`);
  expect(new Set(statuses)).toEqual(new Set(["synth passed", "plan not-run", "live not-run"]));
});

interface Report {
  readonly lab: string;
  readonly checks: readonly { id: string; tier: string; status: string }[];
}

/** What a page that opens now is told of a lab. */
async function lastReport(lab: string): Promise<Report["checks"]> {
  const response = await fetch(`${origin}/_local/live`);
  const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const said = await until(events, `"lab":"${lab}"`);
  await events.cancel();
  const data = said.split("\n").find((line) => line.includes(`"lab":"${lab}"`))!;
  return (JSON.parse(data.replace("data: ", "")) as Report).checks;
}

test("other names and other sites are refused", async () => {
  expect(await raw("GET", "/_local/health", { host: "example.com" })).toMatchObject({
    status: 421,
    body: expect.stringContaining("MisdirectedRequest"),
  });
  expect(await raw("GET", "/", { host: "example.com" })).toMatchObject({ status: 421 });
  const authorization = `Bearer ${token}`;
  expect(
    await raw("POST", "/_local/requests", { authorization, origin: "http://example.com" }),
  ).toMatchObject({ status: 403, body: expect.stringContaining("CrossSiteRequest") });
  expect(
    await raw("POST", "/_local/requests", { authorization, "sec-fetch-site": "cross-site" }),
  ).toMatchObject({ status: 403 });
  expect(await raw("POST", "/", {})).toMatchObject({ status: 405 });
});

test("a port that is taken is named, with who holds it", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await workbook.run(["site", "--port", String(port)]);
  server.close();
  expect(stderr).toContain(`Port ${port}, where the site would be, is taken by `);
  expect(code).toBe(3);
});

test("a reader of Japanese is led to the Japanese pages", async () => {
  const other = workbook.begin(["site", "--port", "0", "--json"], { WORKBOOK_LANG: "ja" });
  const said = (await once(other.child.stdout!, "data")) as [Buffer];
  const { url } = JSON.parse(said[0].toString("utf8")) as { url: string };
  expect(new URL(url).pathname).toBe("/ja/");
  process.kill(-other.child.pid!, "SIGINT");
  await other.ended;
});

test("a folder that is not a site is not built over", async () => {
  const { code, stderr } = await workbook.run(["site", "--build", "--out", workbook.state]);
  expect(stderr).toContain(`${workbook.state} holds something that is not the site`);
  expect(code).toBe(2);
});

test("Ctrl-C ends it in good order", async () => {
  process.kill(-site.child.pid!, "SIGINT");
  expect((await site.ended).code).toBe(130);
  await expect(fetch(origin)).rejects.toThrow("fetch failed");
});
