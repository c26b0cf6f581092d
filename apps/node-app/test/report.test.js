import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const REPORT = fileURLToPath(new URL("../src/report.js", import.meta.url));

/** Runs the report to its end. */
function report(env) {
  const { status, stdout } = spawnSync(process.execPath, [REPORT], { env, encoding: "utf8" });
  const { time: _, ...line } = JSON.parse(stdout);
  return { code: status, line };
}

test("adds up the orders of a day, and ends with code 0", () => {
  assert.deepEqual(report({ DAY: "2026-11-30", ORDERS: "1200 800 450" }), {
    code: 0,
    line: { level: "info", message: "report", day: "2026-11-30", orders: 3, total: 2450 },
  });
});

test("takes an instant for its day, and a day without orders for nothing", () => {
  const { code, line } = report({ DAY: "2026-11-30T18:00:00Z" });
  assert.equal(code, 0);
  assert.deepEqual([line.day, line.orders, line.total], ["2026-11-30", 0, 0]);
});

test("ends with code 1 for an order that is no amount", () => {
  const { code, line } = report({ DAY: "2026-11-30", ORDERS: "1200 oops" });
  assert.deepEqual([code, line.order], [1, "oops"]);
});

test("ends with code 2 for a day that is none", () => {
  assert.equal(report({ DAY: "tomorrow" }).code, 2);
});
