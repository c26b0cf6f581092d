import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { EnginePart } from "../../engine.ts";
import type { Logger } from "../../../ground/logger.ts";
import type { Room } from "../../runtime/containers/room.ts";
import { WAY_OUT } from "./internet-rules.ts";

/** What the room has on the way: addresses of a provider's own network, which no VPC should have. https://www.rfc-editor.org/rfc/rfc6598 */
const [ADDRESS, GATEWAY] = ["100.64.0.2", "100.64.0.1"];

/** Ends with this process, however that ends: the end of its input is the sign. */
const WATCHED = `exec 3<&0
pasta "$@" & child=$!
{ read -r _ <&3; kill $child 2>/dev/null; } &
wait $child`;

/** Tasks are seen as one, as behind a NAT gateway. */
const NAT = `table ip way-out
delete table ip way-out
table ip way-out {
chain postrouting { type nat hook postrouting priority 100; oifname "${WAY_OUT}" masquerade; }
}
`;

/**
 * The way from the room's network to the internet, where this machine has one: `pasta`, which makes connections of this user's out of what
 * comes to its interface, and lets nothing in. Without it tasks have all the rest of their network.
 * @see https://passt.top/passt/about/
 */
export class WayOut implements EnginePart {
  readonly name = "way to the internet";
  readonly #room: Room;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #missing: string | undefined;

  constructor(room: Room, logger: Logger) {
    this.#room = room;
    this.#logger = logger;
  }

  /** Why there is none, in the machine's words; undefined where there is one. */
  get missing(): string | undefined {
    return this.#missing;
  }

  async start(): Promise<void> {
    this.#room.onRemade(() => this.#open());
    await this.#open();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.stdin!.end();
    await ended;
  }

  async #open(): Promise<void> {
    await this.stop();
    this.#missing = undefined;
    try {
      await this.#room.script("nft -f -", NAT);
    } catch (error) {
      this.#missing = (error as Error).message;
      return;
    }
    const { pid } = this.#room;
    if (pid === undefined) return;
    const child = spawn("/bin/sh", ["-c", WATCHED, "pasta", ...argumentsFor(pid)], {
      env: { PATH: process.env["PATH"] },
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.#child = child;
    let said = "";
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4096);
    });
    child.stdin!.on("error", () => {}); // It has ended, and says why by that.
    child.once("error", (error) => this.#logger.error(this.name, error));
    child.once("exit", () => {
      child.stdin!.end();
      if (this.#child === child) this.#missing = reasonIn(said);
    });
  }
}

/** What it says of the system's log is not what keeps it. */
function reasonIn(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() && !line.includes("syslog"));
  return lines.at(-1)?.replace(/^.*pasta: /, "") ?? "pasta has ended";
}

/** Nothing is let in, and neither this machine's loopback nor its gateway stands for anything. */
const FLAGS = [
  "--foreground --quiet --stderr --config-net --ipv4-only --no-map-gw --no-dhcp --no-ra",
  "--tcp-ports none --udp-ports none --tcp-ns none --udp-ns none",
  `--ns-ifname ${WAY_OUT} --address ${ADDRESS} --netmask 24 --gateway ${GATEWAY}`,
];

/** For the room that a process holds. */
function argumentsFor(pid: number): string[] {
  const place = `--userns /proc/${pid}/ns/user --netns /proc/${pid}/ns/net`;
  // Root's room is root's: nobody else may enter it.
  const asRoot = process.getuid!() === 0 ? ["--runas 0"] : [];
  return [...asRoot, ...FLAGS, place].flatMap((flags) => flags.split(" "));
}
