import { execFileSync } from "node:child_process";
import { PROGRAMS, ROOM, UPPER, type RoomFacts } from "./messages.ts";

/** `mount -c`: the folder is known by where this process stands; who it is now may not follow the path to it. */
const SCRIPT = `
set -e
PATH=./${PROGRAMS}:$PATH
for program in ip nft runc; do
  command -v $program > /dev/null || { echo "$program is missing" >&2; exit 1; }
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir ${ROOM}
mount -c --bind . ${ROOM}
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind
cd ${ROOM}
rm -rf tasks incoming probe
mkdir -p tasks incoming images probe/lower probe/upper probe/work probe/merged
options=userxattr,lowerdir=probe/lower,upperdir=probe/upper,workdir=probe/work
if mount -t overlay -o "$options" overlay probe/merged 2>/dev/null
then umount probe/merged; echo folder
else mkdir ${UPPER}; mount -t tmpfs -o mode=755 tmpfs ${UPPER}; echo memory
fi
rm -rf probe
`;

/**
 * Makes the room around this process: becomes its root, gives it a folder of its own and a network that forwards.
 * @throws Error with what the machine refused
 */
export function setUpRoom(): RoomFacts {
  // Started by root, this process is nobody yet, and so could still read its own program.
  if (process.getuid!() !== 0) {
    process.setgroups!([]);
    process.setgid!(0);
    process.setuid!(0);
  }
  const upper = runScript(SCRIPT).trim();
  process.chdir(ROOM);
  return { upper: upper as RoomFacts["upper"] };
}

function runScript(script: string): string {
  return execFileSync("/bin/sh", ["-c", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
