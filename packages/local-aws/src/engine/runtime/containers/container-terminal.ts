import { existsSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../clock/clock.ts";
import {
  CannotOpenTerminalError,
  type Terminal,
  type TerminalRequest,
  type TerminalSize,
} from "../driver.ts";
import { asGoSays } from "../reasons.ts";
import { loadPty, TERMINAL_VARIABLES, type Pty } from "../open-pty.ts";
import { killGroup } from "../process/process-records.ts";
import { lastError } from "./inside/last-error.ts";
import { ROOM } from "./inside/messages.ts";
import type { Room } from "./room.ts";
import type { RuntimeProcess } from "./runtime-config.ts";

/** Where a terminal is opened. */
export interface TerminalPlace {
  readonly clock: Clock;
  readonly room: Room;
  /** runc's name for the container, and its folder in the room. */
  readonly id: string;
  readonly bundle: string;
  /** What the container's own program was started with. */
  readonly process: RuntimeProcess;
  /** Which of the container's terminals this is, counted. */
  readonly number: number;
}

/** How long runc may take to start a program. */
const START_MS = 20_000;
/** How long a program may take to end when its terminal is hung up. */
const HANG_UP_MS = 2000;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs a program in a container that runs, as root, whoever the container's own program is, at a terminal that runc makes in there. It is
 * joined to one of this machine's, whose other end this server has.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
 * @throws CannotOpenTerminalError
 */
export async function openContainerTerminal(
  place: TerminalPlace,
  { command, size, output }: TerminalRequest,
): Promise<Terminal> {
  const { room, id, bundle, number } = place;
  const openPty = await loadPty();
  const files = `${bundle}/exec-${number}`;
  const outside = join(room.folder, files.slice(ROOM.length));
  const program = toProcess(place.process, command, size);
  await room.ask("write", { files: [{ path: `${files}.json`, text: JSON.stringify(program) }] });
  const [log, pidFile] = [`${files}.log`, `${files}.pid`];
  // Until the program runs, what is written is runc's complaint.
  const first: Buffer[] = [];
  let take = (data: Buffer): void => {
    first.push(data);
  };
  const started = startOf(outside);
  const runc = ["runc", "--log", log, "--log-format", "json", "exec", "--tty"];
  const what = ["--process", `${files}.json`, "--pid-file", pidFile, id];
  const args = [...enter(room.pid!), ...runc, ...what];
  const pty = openPty(
    { file: "nsenter", args, cwd: "/", env: { PATH } },
    { size, output: (data) => take(data) },
  );
  const tooLate = place.clock.deadline(START_MS, () => killGroup(pty.pid, "SIGKILL"));
  const failed = pty.exited.then(() => "failed" as const);
  const isStarted = (await Promise.race([started.seen, failed])) === "started" || started.isThere();
  started.stop();
  tooLate.cancel();
  if (!isStarted) throw new CannotOpenTerminalError(asGoSays(lastError(`${outside}.log`)));
  const pid = Number(readFileSync(`${outside}.pid`, "utf8"));
  for (const data of first) output(data);
  take = output;
  return { ...pty, end: () => hangUp(pty, pid, place) };
}

/** Into the room, as its root: the processes that it was made with stand outside of its list of processes. */
function enter(room: number): string[] {
  const target = ["--target", String(room), "--user", "--mount", "--net", "--ipc"];
  return [...target, `--pid=/proc/${room}/ns/pid_for_children`, "--"];
}

/** When runc has written down the process that it started; the file comes by a rename, whole. */
function startOf(outside: string) {
  const isThere = () => existsSync(`${outside}.pid`);
  const { promise: seen, resolve } = Promise.withResolvers<"started">();
  const watcher = watch(join(outside, ".."), () => {
    if (isThere()) resolve("started");
  });
  return { seen, isThere, stop: () => watcher.close() };
}

function toProcess(
  process: RuntimeProcess,
  command: readonly string[],
  { columns, rows }: TerminalSize,
) {
  const { bounding } = process.capabilities;
  const has = (name: string) => process.env.some((pair) => pair.startsWith(`${name}=`));
  const { TERM, LANG } = TERMINAL_VARIABLES;
  return {
    ...process,
    terminal: true,
    consoleSize: { height: rows, width: columns },
    user: { uid: 0, gid: 0, additionalGids: [] },
    capabilities: { ...process.capabilities, effective: bounding, permitted: bounding },
    args: command,
    env: [
      ...process.env.filter((pair) => !pair.startsWith("TERM=")),
      `TERM=${TERM}`,
      ...(has("LANG") ? [] : [`LANG=${LANG}`]),
    ],
  };
}

/** The kernel tells the session that its terminal is gone when runc is. */
function hangUp({ pid: nsenter, exited }: Pty, pid: number, { clock, room }: TerminalPlace): void {
  const tell = (signal: NodeJS.Signals) => void room.ask("signal", { pid, signal }).catch(() => {}); // The room ended, and the program with it.
  tell("SIGHUP");
  const kill = clock.deadline(HANG_UP_MS, () => {
    tell("SIGKILL");
    killGroup(nsenter, "SIGKILL");
  });
  void exited.then(() => kill.cancel());
}
