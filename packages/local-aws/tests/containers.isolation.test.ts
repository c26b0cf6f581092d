import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
} from "@aws-sdk/client-ec2";
import type { Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addressOf, ContainerCloud } from "./support/container-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";

const closed = await probeRoom();

/** Sends UDP packets whose sender is chosen, to port 9000: `send-raw FROM TO TEXT`. https://man7.org/linux/man-pages/man7/raw.7.html */
const SEND_RAW = `#!/usr/bin/perl
use Socket;
my ($from, $to, $text) = @ARGV;
socket(my $raw, AF_INET, SOCK_RAW, 255) or die "socket: $!";
my $udp = pack("nnnn", 40000, 9000, 8 + length $text, 0) . $text;
my $ip = pack("CCnnnCCna4a4", 0x45, 0, 20 + length $udp, 0, 0, 64, 17, 0, inet_aton($from), inet_aton($to));
send($raw, $ip . $udp, 0, sockaddr_in(0, inet_aton($to))) or die "send: $!";
print "sent $text\n";
`;

/** Prints what comes to port 9000, and answers. */
const HEAR = `#!/usr/bin/perl
use Socket;
$| = 1;
socket(my $udp, AF_INET, SOCK_DGRAM, 17) or die "socket: $!";
bind($udp, sockaddr_in(9000, INADDR_ANY)) or die "bind: $!";
print "ready\n";
while (my $from = recv($udp, my $text, 99, 0)) { print "$text\n"; send($udp, "heard", 0, $from); }
`;

describe.skipIf(closed)("a task is kept apart", { timeout: 90_000 }, () => {
  let cloud: ContainerCloud;

  beforeAll(async () => {
    cloud = await ContainerCloud.start({}, [
      ["usr/bin/send-raw", { mode: 0o755, content: SEND_RAW }],
      ["usr/bin/hear", { mode: 0o755, content: HEAR }],
    ]);
  }, 120_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
  });

  const lines = (task: Task) => cloud.cloud.lines(task.taskArn!);
  const until = (task: Task, said: readonly string[]) =>
    vi.waitFor(async () => expect(await lines(task)).toEqual(said), 30_000);

  test("from this machine: its files, its processes, its loopback, its devices", async () => {
    const { endpoint, dataDir } = cloud.cloud.test.cloud;
    const { port } = new URL(endpoint);
    const asked = [
      // Where the workbook's keys are.
      `cat ${dataDir}/cloud.db ${dataDir}/server.json`,
      `curl -sS -m 2 http://127.0.0.1:${port}/_local/health 2>/dev/null || echo curl $?`,
      // The shell and what it has just started.
      "ls /proc | grep -c '^[0-9]'",
      "cat /proc/1/comm",
      "ls -A /run /tmp",
      "ls /sys/class/net",
      "touch /sys/x /proc/sys/kernel/hostname",
      "ls /proc/1/root/app",
      "mknod /tmp/disk b 8 0; unshare --mount true",
    ];
    const { lines: said } = await cloud.ask("isolation", asked.join("; "));
    expect(said).toEqual([
      `cat: ${dataDir}/cloud.db: No such file or directory`,
      `cat: ${dataDir}/server.json: No such file or directory`,
      "curl 7",
      "3",
      "sh",
      "/run:",
      "/tmp:",
      "eth0",
      "lo",
      "touch: cannot touch '/sys/x': Read-only file system",
      "touch: cannot touch '/proc/sys/kernel/hostname': Permission denied",
      "greeting",
      "mknod: /tmp/disk: Operation not permitted",
      "unshare: unshare failed: Operation not permitted",
    ]);
  });

  test("from other tasks: their files, and what they are told and lent", async () => {
    const secret = "echo secret > /tmp/of-another; env | grep -e METADATA_URI_V4 -e RELATIVE_URI";
    const taskRoleArn = await cloud.cloud.role("lent");
    const other = await cloud.run("other", [cloud.script(`${secret} | sort; sleep 600`)], {
      taskRoleArn,
    });
    await vi.waitFor(async () => expect(await lines(other)).toHaveLength(2), 30_000);
    const [credentials = "", metadata = ""] = (await lines(other)).map((line) =>
      line.slice(line.indexOf("=") + 1),
    );
    const { dataDir } = cloud.cloud.test.cloud;
    const id = other.taskArn!.slice(-32);
    const { lines: said } = await cloud.ask(
      "thief",
      [
        `ls /run/cloud ${dataDir}/runtime/room/tasks/${id}`,
        "cat /tmp/of-another /proc/[0-9]*/cwd/tmp/of-another 2>/dev/null | grep -c secret",
        `curl -sS ${metadata}/task; echo`,
        `curl -sS 169.254.170.2${credentials}; echo`,
      ].join("; "),
      {},
      { taskRoleArn },
    );
    expect(said).toEqual([
      "ls: cannot access '/run/cloud': No such file or directory",
      `ls: cannot access '${dataDir}/runtime/room/tasks/${id}': No such file or directory`,
      "0",
      '"404 page not found"',
      '"404 page not found"',
    ]);
    await cloud.end(other);
  });

  test("from a neighbour that admits others, also with raw packets under another's address", async () => {
    const { ec2, subnets } = cloud.cloud;
    const group = async (GroupName: string) =>
      (await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: "raw" }))).GroupId!;
    const [servers, clients, strangers] = [
      await group("raw-servers"),
      await group("raw-clients"),
      await group("raw-strangers"),
    ];
    const UserIdGroupPairs = [{ GroupId: clients }];
    const IpPermissions = [{ IpProtocol: "udp", FromPort: 9000, ToPort: 9000, UserIdGroupPairs }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: servers, IpPermissions }));
    const inGroup = (id: string) => ({
      network: {
        awsvpcConfiguration: {
          subnets,
          securityGroups: [id],
          assignPublicIp: "ENABLED" as const,
        },
      },
    });
    const server = await cloud.run("server", [cloud.script("exec hear")], inGroup(servers));
    await until(server, ["ready"]);
    const to = addressOf(await cloud.cloud.task(server.taskArn!));
    const own = "$(getent hosts $(cat /etc/hostname) | cut -d' ' -f1)";
    // It says more when it is told to end: until then its first packet's connection stands.
    const client = await cloud.run(
      "client",
      [
        cloud.script(
          `trap "send-raw ${own} ${to} second; exit" TERM; send-raw ${own} ${to} first; while :; do sleep 0.05; done`,
        ),
      ],
      inGroup(clients),
    );
    await until(server, ["ready", "first"]);
    const from = addressOf(await cloud.cloud.task(client.taskArn!));
    const stranger = await cloud.ask(
      "stranger",
      `send-raw ${own} ${to} closed; send-raw ${from} ${to} forged`,
      {},
      inGroup(strangers),
    );
    expect(stranger.lines).toEqual(["sent closed", "sent forged"]);
    await cloud.end(client);
    await until(server, ["ready", "first", "second"]);
    await cloud.end(server);
  });
});
