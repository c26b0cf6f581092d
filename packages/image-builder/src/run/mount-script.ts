import { readFileSync } from "node:fs";
import { isWithin } from "./tools.ts";
import type { MountStep } from "./namespace-plan.ts";

/** A mount of this machine, from /proc/self/mountinfo. */
interface Mount {
  at: string;
  options: string[];
}

/** Options that a user namespace may not take away from a mount that it copies. */
const LOCKED_OPTIONS = new Set([
  "nosuid",
  "nodev",
  "noexec",
  "noatime",
  "nodiratime",
  "relatime",
  "ro",
]);
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"];

/**
 * Writes the shell script that builds a root out of its steps and then becomes the command that it is given as arguments.
 *
 * @param ground the folder that is the root's ground
 * @param root an empty folder to build it on
 * @param mount path of the program `mount`
 */
export function writeMountScript(
  steps: MountStep[],
  options: { ground: string; root: string; mount: string },
): string {
  const mounts = readMounts();
  const { root } = options;
  const mount = quote(options.mount);
  const lines = ["set -e", "umask 022", `${mount} --rbind ${quote(options.ground)} ${quote(root)}`];
  for (const step of steps) {
    const at = quote(root + step.at);
    if (step.do === "tmpfs")
      lines.push(makeFolder(at), `${mount} -t tmpfs -o mode=0755 tmpfs ${at}`);
    // Of the mount alone: a remount of the tmpfs itself repeats its owner, which a user namespace may not know.
    if (step.do === "freeze") lines.push(`${mount} -o remount,bind,ro ${at}`);
    if (step.do === "link") lines.push(`[ -L ${at} ] || ln -s ${quote(step.target)} ${at}`);
    if (step.do === "links") lines.push(`ln -s ${step.targets.map(quote).join(" ")} ${at}/`);
    if (step.do !== "bind") continue;
    lines.push(
      step.isFolder ? makeFolder(at) : `[ -e ${at} ] || : > ${at}`,
      `${mount} --rbind ${quote(step.from)} ${at}`,
    );
    if (step.readOnly) lines.push(...remountReadOnly(step, root, mounts, mount));
  }
  lines.push(...mountDevices(root, mount), 'exec "$@"');
  return lines.join("\n");
}

function makeFolder(at: string): string {
  return `[ -d ${at} ] || mkdir -p ${at}`;
}

function remountReadOnly(
  { from, at }: { from: string; at: string },
  root: string,
  mounts: Mount[],
  mount: string,
): string[] {
  const holder = mounts
    .filter((candidate) => isWithin(from, candidate.at))
    .toSorted(byLength)
    .at(-1);
  const below = mounts.filter((candidate) => candidate.at !== from && isWithin(candidate.at, from));
  const targets = [{ place: at, options: holder?.options ?? [] }].concat(
    below.map((inner) => ({ place: at + inner.at.slice(from.length), options: inner.options })),
  );
  return targets.map(({ place, options }) => {
    const kept = options.filter((option) => LOCKED_OPTIONS.has(option) && option !== "ro");
    return `${mount} -o ${["remount", "bind", "ro", ...kept].join(",")} ${quote(root + place)}`;
  });
}

function mountDevices(root: string, mount: string): string[] {
  const dev = `${root}/dev`;
  const lines = [
    `${mount} --rbind /proc ${quote(`${root}/proc`)}`,
    `${mount} -t tmpfs -o mode=0755 tmpfs ${quote(dev)}`,
  ];
  for (const name of DEVICES) {
    const at = quote(`${dev}/${name}`);
    lines.push(`: > ${at}`, `${mount} --bind /dev/${name} ${at}`);
  }
  lines.push(`ln -s /proc/self/fd ${quote(`${dev}/fd`)}`, `mkdir -m 1777 ${quote(`${dev}/shm`)}`);
  for (const [index, name] of ["stdin", "stdout", "stderr"].entries()) {
    lines.push(`ln -s /proc/self/fd/${index} ${quote(`${dev}/${name}`)}`);
  }
  return lines;
}

function byLength(one: Mount, other: Mount): number {
  return one.at.length - other.at.length;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
function readMounts(): Mount[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, , , , at = "", options = ""] = line.split(" ");
      const unescaped = at.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      return { at: unescaped, options: options.split(",") };
    });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
