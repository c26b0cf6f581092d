/**
 * Resolves when `test` holds: now, or after a change that makes it so. Resolves as well when `signal` is aborted, so that
 * whoever waits can look what else has happened.
 * @param watch calls what it is given after each change that `test` depends on; answers how to stop
 */
export function untilChanged(
  watch: (changed: () => void) => () => void,
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
    const unwatch = watch(() => {
      if (test()) done();
    });
    signal.addEventListener("abort", done);
  });
}
