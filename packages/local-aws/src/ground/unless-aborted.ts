/**
 * What `work` comes to, or the signal's reason as soon as it is aborted: `work` may go on then, and nobody waits for it.
 * @param late takes care of what comes of it afterwards
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (result: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
      // Its failure is nobody's any more: the task that it was for is being stopped.
      work.then(late, () => {});
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
