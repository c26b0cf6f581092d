import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { knowsLocalNames } from "./doctor.ts";

const dir = mkdtempSync(join(tmpdir(), "names-"));
afterAll(() => rmSync(dir, { recursive: true }));

test.each([
  ["hosts: files dns", false],
  ["passwd: files\nhosts:\tfiles myhostname dns", true],
  ["hosts: mymachines resolve [!UNAVAIL=return] files dns", true],
  ["# hosts: myhostname\nhosts: files dns\nnetworks: resolve", false],
])("a machine with %j knows names of load balancers: %s", async (text, known) => {
  const file = join(dir, "nsswitch.conf");
  writeFileSync(file, `${text}\n`);
  expect(await knowsLocalNames(file)).toBe(known);
});

test("a machine without such a file does not", async () => {
  expect(await knowsLocalNames(join(dir, "none"))).toBe(false);
});
