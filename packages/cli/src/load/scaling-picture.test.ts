import { expect, test } from "vitest";

import { drawScaling, type Seen } from "./scaling-picture.ts";

const look = (minute: number, running: number, desired: number, more: string): Seen => ({
  minute,
  running,
  desired,
  policies: [{ name: "requests", more, fewer: "OK" }],
});
const run = {
  service: "node-app-hanako",
  seen: [look(0, 2, 2, "OK"), look(3, 2, 4, "ALARM"), look(4, 4, 4, "ALARM"), look(6, 4, 4, "OK")],
  loaded: 5,
  minutes: 10,
  perMinute: 120,
  pace: 60,
};

test("tasks go up in steps, those that are wanted before those that run", () => {
  const [wanted, running] = [...drawScaling(run, "en").matchAll(/<path d="(M150 [^"]*V[^"]*)"/g)];
  expect(wanted![1]).toBe("M150 152H315V88H370V88H480V88H700");
  expect(running![1]).toBe("M150 152H315V152H370V88H480V88H700");
});

test("an alarm has a bar for each state, one after the other up to the end", () => {
  const bars = [
    ...drawScaling(run, "en").matchAll(
      /<rect x="([\d.]+)" [^>]*width="([\d.]+)"[^>]*><title>(\w+)/g,
    ),
  ];
  expect(bars.map(([, x, width, state]) => [Number(x), Number(width), state])).toEqual([
    [150, 165, "OK"],
    [315, 165, "ALARM"],
    [480, 220, "OK"],
    [150, 550, "OK"],
  ]);
});

test("the words are those of the language", () => {
  expect(drawScaling(run, "ja")).toContain("毎分 120 リクエストを 5 分間");
  expect(drawScaling({ ...run, pace: 1 }, "en")).toContain("AWS's own pace");
});
