import type { Store } from "../../store/store.ts";

/**
 * Resolves when `test` holds: now, or after a commit that makes it so. Resolves as well when `signal` is aborted, so that
 * whoever waits can look what else has happened.
 */
export function untilCommitted(
  store: Store,
  test: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || test()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      unwatch();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const unwatch = store.onCommit(() => {
      if (test()) done();
    });
    signal.addEventListener("abort", done);
  });
}
