import { performance } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How often it is looked, in milliseconds. */
const LOOK_MS = 5000;
/** A process that has computed less than this share of the time is idle. */
const IDLE = 0.05;
/** The heap of a process that has answered a few requests; less is not worth the work. */
const SMALL_BYTES = 48 * 1024 * 1024;
/** Whether the heap has grown since it was last given back. */
const GROWTH = 1.3;

type Collect = (options: { readonly flavor: "last-resort" }) => void;

/**
 * Gives the heap that a flood took back to the system once the process is idle: V8 collects where it allocates, so a process
 * that has nothing to do keeps what it has. https://v8.dev/blog/free-garbage-collection
 */
export function giveBackMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as Collect;
  let kept = SMALL_BYTES;
  let since = performance.eventLoopUtilization();
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, since);
    since = now;
    if (utilization > IDLE || getHeapStatistics().total_heap_size < kept * GROWTH) return;
    collect({ flavor: "last-resort" });
    kept = Math.max(SMALL_BYTES, getHeapStatistics().total_heap_size);
  };
  setInterval(look, LOOK_MS).unref();
}
