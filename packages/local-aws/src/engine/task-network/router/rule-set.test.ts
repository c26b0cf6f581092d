import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SystemClock } from "../../../clock/system-clock.ts";
import { mayConnect, type NetworkData } from "../../../reachability/reachability.ts";
import { probeRoom } from "../../runtime/containers/probe-room.ts";
import { Room } from "../../runtime/containers/room.ts";
import { ruleSet, ruleSteps, type RuleSet } from "./rule-set.ts";

const closed = await probeRoom();

const VPC = "vpc-1";
const PORTS = [1, 22, 79, 80, 81, 443, 1024, 3306, 8080, 32_768, 60_999, 65_535];
const RANGES = ["10.0.0.0/16", "10.0.1.0/24", "10.0.1.4/30", "10.0.0.7/32", "0.0.0.0/0"];

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomNetwork(seed: number): NetworkData {
  const next = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)]!;
  const groups = ["sg-1", "sg-2", "sg-3", "sg-4"];
  const ports = () => {
    const [one, other] = [pick(PORTS), pick(PORTS)];
    return { from: Math.min(one, other), to: Math.max(one, other) };
  };
  const rule = (index: number) => {
    const { from, to } = ports();
    const IpProtocol = pick(["tcp", "udp", "icmp", "-1"]);
    const hasPorts = IpProtocol === "tcp" || IpProtocol === "udp";
    return {
      SecurityGroupRuleId: `sgr-${index}`,
      GroupId: pick(groups),
      IsEgress: next(2) === 0,
      IpProtocol,
      FromPort: hasPorts ? from : -1,
      ToPort: hasPorts ? to : -1,
      ...(next(2) === 0
        ? { CidrIpv4: pick(RANGES) }
        : { ReferencedGroupInfo: { GroupId: pick(groups) } }),
    };
  };
  const entry = (index: number) => {
    const { from, to } = ports();
    return {
      RuleNumber: index + 1,
      Egress: next(2) === 0,
      RuleAction: pick(["allow", "allow", "deny"] as const),
      Protocol: pick(["-1", "-1", "6", "17"]),
      CidrBlock: pick(RANGES),
      ...(next(2) === 0 && { PortRange: { From: from, To: to } }),
    };
  };
  const interfaces = Array.from({ length: 10 }, (_, index) => ({
    NetworkInterfaceId: `eni-${index}`,
    VpcId: VPC,
    SubnetId: `subnet-${index % 2}`,
    PrivateIpAddress: `10.0.${index % 2}.${4 + (index >> 1)}`,
    Groups: [{ GroupId: pick(groups) }, ...(next(3) === 0 ? [{ GroupId: pick(groups) }] : [])],
  }));
  return {
    region: "ap-northeast-1",
    vpcs: [{ VpcId: VPC, CidrBlock: "10.0.0.0/16" }],
    dns: [],
    routeTables: [],
    networkAcls: [
      {
        NetworkAclId: "acl-1",
        // Of every other network: a random one lets little pass.
        Associations: seed % 2 === 0 ? [{ SubnetId: "subnet-1" }] : [],
        Entries: Array.from({ length: 10 }, (_, index) => entry(index)),
      },
    ],
    securityGroups: groups.map((GroupId) => ({ GroupId, GroupName: GroupId })),
    securityGroupRules: Array.from({ length: 24 }, (_, index) => rule(index)),
    internetGateways: [],
    natGateways: [],
    vpcEndpoints: [],
    networkInterfaces: interfaces,
    prefixLists: [],
  };
}

/** Reads the rules as nftables does: what a new connection meets in the chain of pairs. */
function readRules({ parts }: RuleSet) {
  const text = parts.map((part) => part.text).join("\n");
  const sets = new Map<string, ReadonlySet<string>>();
  for (const [, name = "", list = ""] of text.matchAll(
    /^(v\w+) \{ type ipv4_addr; elements = \{ (.*) \}; \}$/gm,
  ))
    sets.set(name, new Set(list.split(", ")));
  const rules = Array.from(
    text.matchAll(/^ip saddr @(\w+) ip daddr @(\w+) (.*) accept$/gm),
    ([, from = "", to = "", match = ""]) => ({ from, to, match }),
  );
  return (source: string, destination: string, protocol: string, port: number): boolean =>
    rules.some(
      ({ from, to, match }) =>
        sets.get(from)!.has(source) &&
        sets.get(to)!.has(destination) &&
        (match === `meta l4proto ${protocol}` || holdsPort(match, protocol, port)),
    );
}

function holdsPort(match: string, protocol: string, port: number): boolean {
  const [, named, list = ""] = /^(\w+) dport \{ (.*) \}$/.exec(match) ?? [];
  if (named !== protocol) return false;
  return list.split(", ").some((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return port >= from! && port <= to!;
  });
}

test("the router's rules are what the model of reachability says, of random networks", () => {
  let open = 0;
  let asked = 0;
  const wrong: string[] = [];
  for (let seed = 1; seed <= 25; seed++) {
    const network = randomNetwork(seed);
    const vpcs = [{ network, vpcId: VPC, resolver: undefined }];
    const admits = readRules(ruleSet({ vpcs, links: [], services: [] }));
    const ports = [...PORTS, ...PORTS.map((port) => (port + 1) % 65_536)];
    for (const from of network.networkInterfaces)
      for (const to of network.networkInterfaces) {
        if (from === to) continue;
        const compare = (protocol: string, port: number) => {
          const { allowed } = mayConnect(network, { interface: from }, to, port, protocol);
          const [source, destination] = [from.PrivateIpAddress!, to.PrivateIpAddress!];
          if (admits(source, destination, protocol, port) !== allowed)
            wrong.push(`${seed}: ${source} to ${destination} ${protocol} ${port}`);
          asked += 1;
          open += allowed ? 1 : 0;
        };
        for (const port of ports) for (const protocol of ["tcp", "udp"]) compare(protocol, port);
        compare("icmp", -1);
      }
  }
  expect(wrong).toEqual([]);
  // Neither all nor nothing was open: the networks told them apart.
  expect(open / asked).toBeGreaterThan(0.05);
  expect(open / asked).toBeLessThan(0.95);
});

test.skipIf(closed)(
  "the kernel takes the rules of many networks, and has one table of them",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "rules-"));
    const logger = { info: () => {}, error: () => {} };
    const room = new Room({ clock: new SystemClock(1), logger, folder: join(folder, "room") });
    onTestFinished(async () => {
      await room.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await room.start();
    const vpcs = Array.from({ length: 24 }, (_, seed) => ({
      network: randomNetwork(seed),
      vpcId: VPC,
      resolver: undefined,
    }));
    const rules = ruleSet({ vpcs, links: [], services: ["192.0.2.1"] });
    const inPairs = rules.parts.filter(({ chain }) => chain === "pairs").length;
    // More than go in one step, whose bound is some 350.
    expect(inPairs).toBeGreaterThan(700);
    for (const [table, before] of [
      ["vpc-1", "vpc-0"],
      ["vpc-0", "vpc-1"],
    ])
      for (const step of ruleSteps(rules, table!, before!)) await room.script("nft -f -", step);
    const listed = await room.script("nft list ruleset inet");
    expect(listed.match(/^table inet .*$/gm)).toEqual(["table inet vpc-0 {"]);
    expect(listed.match(/ip daddr @v\w+ /g)).toHaveLength(inPairs);
    expect(listed).toContain("hook forward priority filter; policy drop;");
  },
);
