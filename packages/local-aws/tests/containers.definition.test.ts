import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ContainerCloud } from "./support/container-cloud.ts";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";

const closed = await probeRoom();

describe.skipIf(closed)("what a container definition says", () => {
  let cloud: ContainerCloud;

  beforeAll(async () => {
    cloud = await ContainerCloud.start();
  }, 120_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
  });

  test("an entry point script finds its files by absolute paths", async () => {
    const { lines, exitCodes } = await cloud.ask("entry", "", {
      entryPoint: ["/start.sh"],
      command: ["sh", "-c", "pwd; echo $0 is $$; exit 3"],
      workingDirectory: "/var/www/html",
    });
    expect(lines).toEqual(["a script reads /app/greeting", "/var/www/html", "sh is 1"]);
    expect(exitCodes).toEqual({ main: 3 });
  });

  test("a program that is not in the image is named", async () => {
    const { task } = await cloud.ask("missing", "", { command: ["no-such-program"] });
    expect(task.stoppedReason).toBe(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "no-such-program": executable file not found in $PATH: unknown',
    );
  });

  test("a root file system that is only read", async () => {
    const { lines } = await cloud.ask("readonly", "touch /app/x; touch /tmp/y; echo $?", {
      readonlyRootFilesystem: true,
    });
    expect(lines).toEqual([
      "touch: cannot touch '/app/x': Read-only file system",
      "touch: cannot touch '/tmp/y': Read-only file system",
      "1",
    ]);
  });

  test.each([
    ["www-data", "uid=33(www-data) gid=33(www-data) groups=33(www-data)", "mine"],
    ["33:0", "uid=33(www-data) gid=0(root) groups=0(root)", "mine"],
    ["1234", "uid=1234 gid=0(root) groups=0(root)", "cat: /srv/own: Permission denied"],
  ])("a program of the user %s", async (user, id, file) => {
    const { lines } = await cloud.ask("user", "id; cat /srv/own; echo err >/dev/stderr", {
      user,
    });
    expect(lines).toEqual([id, file, "err"]);
  });

  test("capabilities are Docker's, less what is dropped", async () => {
    const caps = "grep CapBnd /proc/self/status";
    const { lines } = await cloud.ask("caps", caps);
    expect(lines).toEqual(["CapBnd:\t00000000a80425fb"]);
    const dropped = await cloud.ask("caps", `${caps}; chown 33 /app; echo $?`, {
      linuxParameters: { capabilities: { drop: ["ALL"] } },
    });
    expect(dropped.lines).toEqual([
      "CapBnd:\t0000000000000000",
      "chown: changing ownership of '/app': Operation not permitted",
      "1",
    ]);
  });

  test("a program that takes more memory than it may is killed", async () => {
    const { task, exitCodes } = await cloud.ask("hungry", "tail /dev/zero", { memory: 64 });
    expect(exitCodes).toEqual({ main: 137 });
    expect(task.containers![0]!.reason).toBe(
      "OutOfMemoryError: Container killed due to memory usage",
    );
  });

  test("limits and kernel parameters", async () => {
    const { lines } = await cloud.ask(
      "limits",
      "ulimit -n; ulimit -Hn; ulimit -c; cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
      {
        ulimits: [
          { name: "nofile", softLimit: 2048, hardLimit: 4096 },
          { name: "core", softLimit: 0, hardLimit: 0 },
        ],
        systemControls: [{ namespace: "net.ipv4.ip_unprivileged_port_start", value: "80" }],
      },
    );
    expect(lines).toEqual(["2048", "4096", "0", "80"]);
  });

  test("a terminal, where the definition wants one", async () => {
    const look = "test -t 0 && test -t 1 && echo at a terminal $TERM; exit 5";
    const { lines, exitCodes } = await cloud.ask("terminal", look, { pseudoTerminal: true });
    expect(lines.map((line) => line.trimEnd())).toEqual(["at a terminal xterm"]);
    expect(exitCodes).toEqual({ main: 5 });
    const without = await cloud.ask("terminal", `${look}`);
    expect(without.lines).toEqual([]);
  });

  test("standard input that stays open, where the definition wants it", async () => {
    const read = "timeout 1 cat; echo $?";
    expect((await cloud.ask("input", read)).lines).toEqual(["0"]);
    // 124: it was still waiting.
    expect((await cloud.ask("input", read, { interactive: true })).lines).toEqual(["124"]);
  });

  test("containers of one task that share their processes", async () => {
    const containers = [
      cloud.container("nginx"),
      cloud.script(
        "until pgrep -x nginx >/dev/null; do sleep 0.05; done; cat /proc/1/comm; kill -QUIT $(pgrep -o -x nginx)",
        { dependsOn: [{ containerName: "nginx", condition: "START" }], essential: false },
      ),
    ];
    const { exitCodes, lines } = await cloud.ended(
      await cloud.run("processes", containers, { pidMode: "task" }),
    );
    expect(lines).toEqual(["sleep"]);
    expect(exitCodes).toEqual({ nginx: 0, main: 0 });
  });

  const NGINX = "exec nginx -g 'daemon off; error_log /dev/stderr notice;'";

  test.skipIf(!existsSync("/usr/bin/tini-static"))(
    "an init process hands the signal on to a shell that forwards nothing",
    async () => {
      const command = ["sh", "-c", "cat /proc/1/comm; sleep 600; :"];
      const started = await cloud.run("init", [
        cloud.container("main", { command, linuxParameters: { initProcessEnabled: true } }),
      ]);
      const lines = () => cloud.cloud.lines(started.taskArn!);
      await vi.waitFor(async () => expect(await lines()).toEqual(["init"]), { timeout: 60_000 });
      expect((await cloud.end(started)).exitCodes).toEqual({ main: 143 });
    },
  );

  // https://docs.docker.com/reference/cli/docker/container/stop: the signal goes to the first process alone, for whom what is not said is not done.
  test("each program ends in its own way when its task is stopped", async () => {
    const shell = (script: string) => ["sh", "-c", script];
    const waiting = "while :; do sleep 0.05; done";
    const cases: readonly (readonly [string, readonly string[], number])[] = [
      ["becomes", shell(NGINX), 0],
      ["forwards-nothing", shell("echo up; sleep 600; :"), 137],
      ["default", ["stdbuf", "-o0", "tail", "-f", "/app/greeting"], 137],
      ["traps", shell(`trap 'exit 7' TERM; echo up; ${waiting}`), 7],
      ["forwards", shell("sleep 600 & trap 'kill $!; exit 9' TERM; echo up; wait"), 9],
      ["ignores", shell(`trap '' TERM; echo up; ${waiting}`), 137],
      [
        "child-alone",
        shell(`sh -c "trap 'exit 8' TERM; ${waiting}" & echo up; wait $!; exit 5`),
        137,
      ],
      ["entry-point", ["/start.sh", ...shell(`trap 'exit 6' TERM; echo up; ${waiting}`)], 6],
    ];
    const started = await cloud.run(
      "signals",
      cases.map(([name, command]) =>
        cloud.container(name, { command: [...command], stopTimeout: 2 }),
      ),
    );
    await vi.waitFor(
      async () => {
        const lines = await cloud.cloud.lines(started.taskArn!);
        expect(lines.filter((line) => line === "up")).toHaveLength(6);
        expect(lines.join("\n")).toContain("start worker");
        expect(lines.filter((line) => line.includes("reads"))).toHaveLength(2);
      },
      { timeout: 60_000, interval: 50 },
    );
    const { exitCodes } = await cloud.end(started);
    expect(exitCodes).toEqual(Object.fromEntries(cases.map(([name, , code]) => [name, code])));
  });
});
