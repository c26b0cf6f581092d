import { expect, test } from "vitest";
import { sideBySide } from "./side-by-side.ts";

test("what failed first is what is told, after the others have ended for it", async () => {
  const stop = new AbortController();
  const gate = Promise.withResolvers<void>();
  let hasEnded = false;
  const other = gate.promise.then(() => {
    hasEnded = true;
    stop.signal.throwIfAborted();
  });
  const failing = Promise.reject(new Error("the Dockerfile has no FROM"));
  const done = sideBySide([other, failing], () => {
    stop.abort();
    gate.resolve();
  });
  await expect(done).rejects.toThrow("the Dockerfile has no FROM");
  expect(hasEnded).toBe(true);
});
