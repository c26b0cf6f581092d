import { open, readFile, rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;

/**
 * Runs `action` while no other process that asks for the same lock does. A lock whose process has gone counts for nothing.
 *
 * @param path the lock file; its folder must exist
 */
export async function withFileLock<T>(
  path: string,
  action: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    if (await take(path)) break;
    await removeIfStale(path);
    await delay(POLL_MS, undefined, { signal });
  }
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function removeIfStale(path: string): Promise<void> {
  const holder = await readFile(path, "utf8").catch(() => undefined); // it may have been released just now
  // An empty file belongs to a process that has created it and not yet written its number.
  if (!holder) return;
  try {
    process.kill(Number(holder), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") await rm(path, { force: true });
  }
}
