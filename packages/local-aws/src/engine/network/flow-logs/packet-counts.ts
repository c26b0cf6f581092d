import { protocolNumber } from "../../../services/ec2/ip-permissions.ts";
import type { Room } from "../../runtime/containers/room.ts";

/** Packets of one direction between two addresses. Ports are 0 where the protocol has none. */
export interface Flow {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  /** IANA's number. */
  readonly protocol: number;
}

export interface Counted {
  readonly packets: number;
  readonly bytes: number;
}

/** What of a flow was sent, and what of that the rules let pass. */
export interface Seen {
  readonly flow: Flow;
  readonly sent: Counted;
  readonly passed: Counted;
}

/**
 * Counts what goes through the room's network before the router judges it, and what is left behind: a table of its own, that the
 * router's does not know of. https://wiki.nftables.org/wiki-nftables/index.php/Updating_sets_from_the_packet_path
 */
const TABLE = `table inet flows
delete table inet flows
table inet flows {
${["sent", "passed"]
  .map(
    (name) => `set ${name} {
type ipv4_addr . inet_service . ipv4_addr . inet_service . inet_proto
size 65535; flags dynamic,timeout; timeout 1h
}
chain count_${name} {
meta l4proto { tcp, udp } update @${name} { ip saddr . th sport . ip daddr . th dport . meta l4proto counter }
meta l4proto icmp update @${name} { ip saddr . 0 . ip daddr . 0 . meta l4proto counter }
}
${["forward", "input", "output"]
  .map(
    (hook) => `chain ${hook}_${name} {
type filter hook ${hook} priority ${name === "sent" ? -10 : 10}; policy accept;
${hook === "forward" ? "" : `${hook === "input" ? "iif" : "oif"} lo accept\n`}meta protocol ip jump count_${name}
}`,
  )
  .join("\n")}`,
  )
  .join("\n")}
}
`;

const REMOVE = "table inet flows\ndelete table inet flows\n";
const NONE: Counted = { packets: 0, bytes: 0 };

/** Counts packets of a room while somebody wants to know. */
export class PacketCounts {
  readonly #room: Room;
  #isCounting = false;
  /** By flow, in words: what had been counted when last asked. */
  #before = new Map<string, { readonly sent: Counted; readonly passed: Counted }>();

  constructor(room: Room) {
    this.#room = room;
  }

  /** The room has been made anew: nothing counts in it. */
  forget(): void {
    this.#isCounting = false;
    this.#before.clear();
  }

  async start(): Promise<void> {
    if (this.#isCounting) return;
    this.#isCounting = true;
    this.#before.clear();
    await this.#room.script("nft -f -", TABLE);
  }

  async stop(): Promise<void> {
    if (!this.#isCounting) return;
    this.forget();
    await this.#room.script("nft -f -", REMOVE);
  }

  /** What has gone through since it was last asked. */
  async read(): Promise<readonly Seen[]> {
    // What has been sent is asked first: of what is under way nothing counts as kept out.
    const sent = readSet(await this.#room.script("nft -j list set inet flows sent"));
    const passed = readSet(await this.#room.script("nft -j list set inet flows passed"));
    const now = new Map<string, { readonly sent: Counted; readonly passed: Counted }>();
    const seen: Seen[] = [];
    for (const [key, { flow, counted }] of sent) {
      // What was sent between the two questions is told the next time, and so is that it passed.
      const after = { sent: counted, passed: atMost(passed.get(key)?.counted ?? NONE, counted) };
      now.set(key, after);
      const before = this.#before.get(key);
      const fresh = since(after.sent, before?.sent);
      if (fresh.packets === 0) continue;
      const through = since(after.passed, before?.passed);
      seen.push({ flow, sent: fresh, passed: through });
    }
    this.#before = now;
    return seen;
  }
}

/** One that has been gone for an hour, and is there again, counts from nothing. */
function since(now: Counted, before: Counted = NONE): Counted {
  if (now.packets < before.packets) return now;
  return { packets: now.packets - before.packets, bytes: now.bytes - before.bytes };
}

const atMost = (one: Counted, other: Counted): Counted => ({
  packets: Math.min(one.packets, other.packets),
  bytes: Math.min(one.bytes, other.bytes),
});

interface Element {
  readonly elem: {
    readonly val: { readonly concat: readonly [string, number, string, number, string | number] };
    readonly counter: Counted;
  };
}

function readSet(json: string): Map<string, { readonly flow: Flow; readonly counted: Counted }> {
  const { nftables } = JSON.parse(json) as {
    nftables: readonly { readonly set?: { readonly elem?: readonly Element[] } }[];
  };
  const elements = nftables.flatMap(({ set }) => set?.elem ?? []);
  return new Map(
    elements.map(({ elem: { val, counter } }) => {
      const [from, fromPort, to, toPort, name] = val.concat;
      const protocol = Number(protocolNumber(String(name)));
      const { packets, bytes } = counter;
      return [
        val.concat.join(" "),
        { flow: { from, fromPort, to, toPort, protocol }, counted: { packets, bytes } },
      ];
    }),
  );
}
