import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** A machine that is prepared, and then taken to a room without a network. */
const LONG = 40 * 60_000;
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
afterAll(() => workbook.remove(), LONG);

interface Prepared {
  readonly ready: boolean;
  readonly parts: readonly { readonly name: string; readonly isThere: boolean }[];
}

/** Runs commands where there is no network but the machine's own loopback. */
async function withoutNetwork(...commands: readonly string[]): Promise<string> {
  const script = ["ip link set lo up", ...commands].join("\n");
  const args = ["--map-root-user", "--net", "sh", "-ec", script];
  const { HTTP_PROXY: _one, http_proxy: _other, ...env } = workbook.environment;
  const { stdout } = await promisify(execFile)("unshare", args, { cwd: workbook.root, env });
  return stdout;
}

test("nothing is said to be there before it is", { timeout: LONG }, async () => {
  const { ready, parts } = await workbook.json<Prepared>(["prepare", "--check"], 3);
  expect(ready).toBe(false);
  expect(parts.filter(({ isThere }) => isThere).map(({ name }) => name)).toEqual([
    "the beginning of chapter 01",
  ]);
});

test("everything is made once, and then said to be there", { timeout: LONG }, async () => {
  const made = await workbook.run(["prepare"]);
  expect(made.code, made.stderr).toBe(0);
  expect((await workbook.json<Prepared>(["prepare", "--check"])).ready).toBe(true);
  const again = await workbook.run(["prepare"]);
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr).not.toContain("Terraform");
  expect((await workbook.run(["cloud", "down"])).code).toBe(0);
});

test(
  "then chapters begin, are deployed and checked without a network",
  { timeout: LONG },
  async () => {
    const said = await withoutNetwork(
      "! curl -sS --max-time 5 https://example.com >/dev/null 2>&1",
      "./workbook start 5",
      `cp labs/05-service/solution/stack.ts ${workbook.state}/workspace/05-service/stack.ts`,
      "./workbook deploy 5",
      "./workbook check 5",
      "./workbook start 8 --yes",
      "./workbook cloud down",
    );
    expect(said).toMatch(/All \d+ checks passed/);
  },
);

test("and the site is served", { timeout: LONG }, async () => {
  const said = await withoutNetwork(
    `./workbook site --no-open --port 5999 > ${workbook.state}/site.txt & pid=$!`,
    "until curl -sSf http://127.0.0.1:5999/labs/05-service 2>/dev/null; do kill -0 $pid; done",
    "kill $pid",
  );
  expect(said).toContain("<html");
});
