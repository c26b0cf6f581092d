import { expect, test } from "vitest";
import { findShortWaits } from "./short-waits.ts";

const WAITS = `
await vi.waitFor(() => expect(1).toBe(1));
await vi.waitFor(() => expect(1).toBe(1), 5000);
await vi.waitUntil(() => isThere, { interval: 20, timeout: 20_000 });
await expect.poll(() => count, { timeout: 60_000 }).toBe(1);
await expect
  .poll(() => count)
  .toBe(1);
await vi.waitUntil(() => isThere, SOON);
await vi.waitUntil(() => isThere, { ...SOON, timeout: 2 * MINUTES });
`;

test("waits that a slow machine outlasts are found, with Vitest's own second", () => {
  expect(findShortWaits("a.test.ts", WAITS)).toEqual([2, 3, 4, 6]);
});
