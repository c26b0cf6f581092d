import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isExecutable } from "../src/engine/runtime/process/base-tools.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";

const closed = await probeRoom();
const isRoot = process.getuid?.() === 0;
const TRIED = join(import.meta.dirname, "fixtures/way-out.ts");
const [INTERNET, OWN] = ["198.51.100.1", "198.51.100.2"];

/** An internet in which one server answers, and a machine with a network that leads there. */
const MACHINE = `
set -e
mkdir -p /run/netns
mount -t tmpfs tmpfs /run/netns
ip netns add machine
ip link add out type veth peer name eth0 netns machine
ip addr add ${INTERNET}/24 dev out
ip link set out up
ip link set lo up
ip -n machine addr add ${OWN}/24 dev eth0
ip -n machine link set eth0 up
ip -n machine link set lo up
ip -n machine route add default via ${INTERNET}
"$0" -e 'require("http").createServer((_, answer) => answer.end("the internet")).listen(80, "${INTERNET}")' &
server=$!
ip netns exec machine "$0" "$@" || code=$?
kill $server
exit \${code:-0}
`;

const machine = isRoot && isExecutable("/usr/bin/pasta") && existsSync("/dev/net/tun");

test.skipIf(closed || !machine)(
  "tasks reach the internet if routes, addresses and groups say so, and this machine never",
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), "internet-"));
    try {
      // All of it ends with its first process.
      const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
      const enter = [...namespaces, "--", "sh", "-c", MACHINE];
      const tried = [process.execPath, TRIED, scratch, INTERNET, OWN];
      const { stdout } = await promisify(execFile)("unshare", [...enter, ...tried], {
        timeout: 80_000,
        killSignal: "SIGKILL",
      });
      expect(JSON.parse(stdout)).toEqual({
        answers: {
          public: "the internet",
          "no address of its own": "curl 28",
          "by NAT": "the internet",
          "no route": "curl 28",
          "443 alone": "curl 28",
          "to this machine": "curl 28",
        },
        missing: null,
        machine: "this machine",
      });
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
  90_000,
);
