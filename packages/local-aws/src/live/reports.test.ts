import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { LivePage } from "./testing/live-page.ts";

let cloud: TestCloud;
let pages: LivePage[];

beforeEach(async () => {
  cloud = await startTestCloud();
  pages = [];
});
afterEach(async () => {
  for (const page of pages) page.close();
  await cloud.stop();
  expect(cloud.errors).toEqual([]);
});

async function open(): Promise<LivePage> {
  const page = await LivePage.open(cloud.endpoint);
  pages.push(page);
  return page;
}

function put(lab: string, body: unknown, token = cloud.cloud.token) {
  return fetch(`${cloud.endpoint}/_local/reports/${lab}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const check = (id: string, tier: string, status: string, more: object = {}) => ({
  id,
  tier,
  title: { en: id, ja: id },
  status,
  expected: null,
  actual: null,
  ...more,
});

test("a report reaches the pages, and those that come later", async () => {
  const page = await open();
  const checks = [
    check("a", "synth", "passed"),
    check("b", "live", "failed", { actual: { en: "no", ja: "いいえ" } }),
  ];
  const given = checks.map((each) => ({ ...each, seconds: 1, hint: null }));
  const response = await put("08-two-services", { lab: "x", checks: given });
  expect(response.status).toBe(200);
  expect(await page.message("report")).toMatchObject({ lab: "08-two-services", checks });
  const later = await open();
  expect(await later.message("report")).toMatchObject({ lab: "08-two-services", checks });
});

test("what was found running stays known while the files are the same, and no longer", async () => {
  const ran = [check("a", "synth", "passed"), check("b", "live", "passed")];
  const looked = [check("a", "synth", "passed"), check("b", "live", "not-run")];
  const page = await open();
  const report = async (checks: object[], files: string) =>
    expect((await put("07", { checks, files })).status).toBe(200);
  await report(ran, "1");
  await report(looked, "1");
  await report(looked, "2");
  await page.message("report", ({ checks }) => checks[1]!.status === "not-run");
  const statuses = page.messages
    .filter((message) => message.type === "report")
    .map(({ checks }) => checks.map(({ status }) => status).join(" "));
  expect(statuses).toEqual(["passed passed", "passed passed", "passed not-run"]);
});

test("what was found running is forgotten when it is taken away", async () => {
  const page = await open();
  await put("07", { checks: [check("a", "synth", "passed"), check("b", "live", "failed")] });
  const response = await fetch(`${cloud.endpoint}/_local/reports`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${cloud.cloud.token}` },
  });
  expect(response.status).toBe(200);
  const { checks } = await page.message(
    "report",
    (message) => message.checks[1]!.status === "not-run",
  );
  expect(checks[0]!.status).toBe("passed");
});

test.each([
  ["no JSON", "{", /^the body is not JSON: /],
  ["no checks", {}, /^checks must be a list\.$/],
  [
    "an unknown tier",
    { checks: [check("a", "fast", "passed")] },
    /^checks\[0\]\.tier must be one /,
  ],
  [
    "no title",
    { checks: [check("a", "live", "passed", { title: 1 })] },
    /^checks\[0\]\.title must/,
  ],
  [
    "a title in one language",
    { checks: [check("a", "live", "passed", { title: { en: "a" } })] },
    /^checks\[0\]\.title\.ja must/,
  ],
  [
    "an outcome in no language",
    { checks: [check("a", "live", "failed", { actual: "no" })] },
    /^checks\[0\]\.actual must be an object with en and ja/,
  ],
  [
    "an id twice",
    { checks: [check("a", "live", "passed"), check("a", "live", "passed")] },
    /"a" tw/,
  ],
])("a report with %s is refused by name", async (_what, body, message) => {
  const response = await put("07", body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: "InvalidBody",
    message: expect.stringMatching(message),
  });
});

test("a report without the workspace's token is refused", async () => {
  const response = await put("07", { checks: [] }, "wrong");
  expect(response.status).toBe(401);
});
