import { Worker } from "node:worker_threads";

/** Plain JavaScript, because a thread that loads TypeScript costs half a second and tens of megabytes. */
const WATCH = `
const { workerData } = require("node:worker_threads");
setInterval(() => {
  if (process.ppid !== workerData.parent) process.kill(process.pid, "SIGKILL");
}, 500);
`;

/**
 * Ends this process when its parent does, whatever it is doing. A process hears that its channel has closed when it has
 * time to listen; a thread of its own always has, so none outlives its server by computing.
 */
export function endWithParent(): void {
  const watch = new Worker(WATCH, {
    eval: true,
    workerData: { parent: process.ppid },
    execArgv: [],
  });
  watch.unref();
}
