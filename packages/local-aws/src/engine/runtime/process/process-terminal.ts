import type { Clock } from "../../../clock/clock.ts";
import { CannotOpenTerminalError, type Terminal, type TerminalRequest } from "../driver.ts";
import { loadPty, TERMINAL_VARIABLES } from "../open-pty.ts";
import type { ProcessMarks } from "./process-marks.ts";
import { killGroup } from "./process-records.ts";
import type { Supervisor } from "./supervisor.ts";
import type { Launch } from "./tier.ts";

interface ProcessTerminalParts {
  readonly clock: Clock;
  readonly supervisor: Supervisor;
  readonly marks: ProcessMarks;
  readonly containerEnded: Promise<unknown>;
}

/** How long a program may take to end when its terminal is hung up. */
const HANG_UP_MS = 2000;

/**
 * Runs a program at a terminal, as this user, in the container's folder and with its environment. It ends with the container.
 * @throws CannotOpenTerminalError
 */
export async function openProcessTerminal(
  launch: Launch,
  request: TerminalRequest,
  { clock, supervisor, marks, containerEnded }: ProcessTerminalParts,
): Promise<Terminal> {
  const { file, argv, workingDirectory: cwd, environment, failure } = launch;
  if (failure !== undefined) throw new CannotOpenTerminalError(failure);
  const openPty = await loadPty();
  const env = { LANG: TERMINAL_VARIABLES.LANG, ...environment };
  const program = { file, args: argv.slice(1), cwd, env };
  const { started: pty } = marks.start(() => openPty(program, request));
  supervisor.watch(pty.pid);
  const exited = pty.exited.then((code) => {
    killGroup(pty.pid, "SIGKILL");
    supervisor.forget(pty.pid);
    return code;
  });
  let isRunning = true;
  void exited.then(() => (isRunning = false));
  const kill = () => {
    if (isRunning) killGroup(pty.pid, "SIGKILL");
  };
  void containerEnded.then(kill);
  const end = () => {
    if (!isRunning) return;
    killGroup(pty.pid, "SIGHUP");
    const timer = clock.deadline(HANG_UP_MS, kill);
    void exited.then(() => timer.cancel());
  };
  return { ...pty, exited, end };
}
