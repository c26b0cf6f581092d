// Tells where the main thread is when its time is over, on file descriptor 4: see synth-process.ts.
import { writeSync } from "node:fs";
import { Session, type Debugger, type InspectorNotification } from "node:inspector";
import { workerData } from "node:worker_threads";

/** A main thread that runs code is stopped at once, on a busy machine soon; one that only waits cannot be. */
const STOP_MS = 10_000;
const { patienceMs } = workerData as { readonly patienceMs: number };
/** Addresses of what is loaded; call frames name it by number alone. */
const scripts = new Map<string, string>();

setTimeout(() => {
  const session = new Session();
  session.connectToMainThread();
  session.on(
    "Debugger.scriptParsed",
    ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) =>
      scripts.set(params.scriptId, params.url),
  );
  session.on("Debugger.paused", ({ params }: InspectorNotification<Debugger.PausedEventDataType>) =>
    tell(
      params.callFrames.map(({ location: { scriptId, lineNumber, columnNumber = 0 } }) => ({
        url: scripts.get(scriptId) ?? "",
        line: lineNumber + 1,
        column: columnNumber + 1,
      })),
    ),
  );
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  setTimeout(() => tell([]), STOP_MS);
}, patienceMs);

function tell(frames: readonly object[]): void {
  writeSync(4, `${JSON.stringify(frames)}\n`);
}
