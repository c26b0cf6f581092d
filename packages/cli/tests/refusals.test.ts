import { afterAll, expect, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** What is refused before anything is fetched, started or changed. */
const LONG = 60_000;
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0" });
afterAll(() => workbook.remove(), LONG);

test.each(["deploy", "plan", "check", "hint", "reset", "watch", "diff"])(
  "%s of a chapter that was not begun says how to begin it",
  async (command) => {
    const { code, stderr } = await workbook.run([command, "3"]);
    expect(code).toBe(2);
    expect(stderr).toContain("✗ Chapter 03 has not been begun: there are no files of yours.");
    expect(stderr).toContain("Next: ./workbook start 03");
    expect(stderr).not.toContain("Tools");
  },
  LONG,
);
