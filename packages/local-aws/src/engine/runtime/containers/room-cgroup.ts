import { execFile } from "node:child_process";
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { rootOutside } from "./map-users.ts";

/** Where cgroups are: of version 2 alone. https://docs.kernel.org/admin-guide/cgroup-v2.html */
export const CGROUPS = "/sys/fs/cgroup";

/** What limits the containers of a room, where this machine lets this user have it. */
export interface RoomCgroup {
  /** Below {@link CGROUPS}, with the first slash: the parent of what its tasks have. */
  readonly tasks: string;
  /** Of `memory` and `cpu`, those that are given away here; `memory` always. */
  readonly controllers: readonly string[];
}

const NEEDED = "memory";
const WANTED = [NEEDED, "cpu"];
/** What whoever moves processes, or gives controllers away, writes to. */
const OWNED = ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];
const MANAGER =
  "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager";
/** systemd answers before it has moved the process. */
const MOVED_MS = 5000;

/**
 * Puts a room's first process into a cgroup of its own, before it has any children, with another beside it for what its tasks have. All
 * of it goes by itself when everything in the room has ended.
 * @returns undefined where no cgroup that limits memory is in this user's hands: then memory is watched
 */
export async function openCgroup(pid: number): Promise<RoomCgroup | undefined> {
  if (!existsSync(join(CGROUPS, "cgroup.controllers"))) return undefined;
  const path = await systemdScope(pid);
  if (path === undefined) return undefined;
  const folder = join(CGROUPS, path);
  try {
    for (const name of ["supervisor", "tasks"]) mkdirSync(join(folder, name));
    // Only leaves may have processes.
    writeFileSync(join(folder, "supervisor/cgroup.procs"), String(pid));
    const controllers = WANTED.filter((name) => giveAway(folder, name));
    for (const name of controllers) giveAway(join(folder, "tasks"), name);
    giveToRoot(folder);
    return controllers.includes(NEEDED) ? { tasks: join(path, "tasks"), controllers } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return undefined; // What was given is not in this user's hands after all.
  }
}

/**
 * Asks the systemd of this user for a scope of the process alone.
 * @returns undefined where there is none, or it refuses
 * @see https://systemd.io/CONTROL_GROUP_INTERFACE/
 */
async function systemdScope(pid: number): Promise<string | undefined> {
  const uid = process.getuid!();
  const unit = `local-aws-room-${pid}.scope`;
  const properties = `3 PIDs au 1 ${pid} Delegate b true CollectMode s inactive-or-failed 0`;
  const call = `call ${MANAGER} StartTransientUnit ssa(sv)a(sa(sv)) ${unit} fail ${properties}`;
  const { PATH, XDG_RUNTIME_DIR = `/run/user/${uid}` } = process.env;
  try {
    await promisify(execFile)("busctl", [uid === 0 ? "--system" : "--user", ...call.split(" ")], {
      env: { PATH, XDG_RUNTIME_DIR },
      timeout: MOVED_MS,
    });
  } catch {
    return undefined; // No such program, no such bus, or its refusal: all the same to us.
  }
  for (const end = performance.now() + MOVED_MS; performance.now() < end; await delay(5)) {
    // https://man7.org/linux/man-pages/man7/cgroups.7.html: the line of version 2 has no number and no names.
    const path = /^0::(\/.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1];
    if (path?.endsWith(`/${unit}`)) return path;
  }
  return undefined;
}

/** Whether cgroups below may limit by a controller. */
function giveAway(folder: string, controller: string): boolean {
  const given = readFileSync(join(folder, "cgroup.controllers"), "utf8").trim().split(" ");
  if (!given.includes(controller)) return false;
  writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
  return true;
}

/** Where root's room is nobody's on this machine, so is what its tasks are put into. */
function giveToRoot(folder: string): void {
  const outside = rootOutside();
  if (outside === undefined) return;
  for (const each of [folder, join(folder, "tasks")])
    for (const file of ["", ...OWNED]) chownSync(join(each, file), outside, outside);
}
