import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { ContainerDefinition, Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { ContainerCloud } from "./support/container-cloud.ts";
import { allowExec, Session } from "./support/exec-session.ts";

const closed = await probeRoom();

describe.skipIf(closed)("a session in a container", () => {
  let containers: ContainerCloud;
  let task: Task;
  beforeAll(async () => {
    containers = await ContainerCloud.start();
    const { cloud } = containers;
    const taskRoleArn = await cloud.role("exec");
    await allowExec(cloud, "exec");
    const idle: ContainerDefinition = { command: ["sleep", "infinity"], stopTimeout: 2 };
    const taskDefinition = await cloud.define(
      "web",
      [
        containers.container("main", {
          ...idle,
          environment: [{ name: "GREETING", value: "hello" }],
          workingDirectory: "/srv",
          user: "33",
        }),
        containers.container("shut", { ...idle, readonlyRootFilesystem: true }),
      ],
      { taskRoleArn },
    );
    const started = await cloud.run(taskDefinition, { enableExecuteCommand: true });
    task = await containers.until(started, { lastStatus: "RUNNING" });
  }, 120_000);
  afterAll(async () => {
    await containers.stop();
    expect(containers.cloud.test.errors).toEqual([]);
  });

  const open = (command: string, container = "main") =>
    Session.open(containers.cloud.ecs, task.taskArn!, command, container);

  test("runs a command as root in the container's folder and environment, and tells how it ended", async () => {
    const session = await open(
      `sh -c 'id -u; echo $GREETING $TERM; stty size; pwd; cat /app/greeting; exit 7'`,
    );
    expect(await session.client.ended).toEqual({ exitCode: 7, said: "" });
    expect(session.text.split("\r\n")).toEqual([
      "0",
      "hello xterm-256color",
      "31 91",
      "/srv",
      "a script reads /app/greeting",
      "",
    ]);
    expect(session.notes).toEqual([]);
  });

  test("is a terminal: Ctrl-C reaches the program, sizes reach it, Ctrl-D ends the shell", async () => {
    const session = await open("sh");
    await session.sees("# ");
    session.type("trap 'echo winch' WINCH; cat\r");
    await session.sees("cat\r\n");
    session.type("\x03");
    await session.sees(/\^C\r\n# /);
    session.type("echo code=$?\r");
    await session.sees("code=130");
    session.client.resize(100, 40);
    session.type("stty size\r");
    await session.sees("40 100");
    session.type("\x04");
    expect(await session.client.ended).toMatchObject({ said: "" });
  });

  test("says why there is no such program, as AWS's agent does", async () => {
    const title = "\n----------ERROR-------\nUnable to start command: Failed to start pty: ";
    for (const [command, why] of [
      ["/bin/bash -l", "fork/exec /bin/bash: no such file or directory"],
      ["MODE=test ls", 'exec: "MODE=test": executable file not found in $PATH'],
      ["/app/greeting", "fork/exec /app/greeting: permission denied"],
    ]) {
      const { client, text } = await open(command!);
      expect(await client.ended).toEqual({ exitCode: undefined, said: `${title}${why}\n` });
      expect(text).toBe("");
    }
  });

  test("ends all that was in its foreground when its client goes away", async () => {
    const runs = (count: string) =>
      vi.waitFor(
        async () => {
          const look = await open("sh -c 'ps -eo args | grep -c ^[s]leep.987654'");
          await look.client.ended;
          expect(look.text.trim()).toBe(count);
        },
        { timeout: 60_000, interval: 50 },
      );
    const session = await open("sleep 987654");
    await runs("1");
    session.client.close();
    await runs("0");
  });

  test("is not to be had where the container's root is read-only: its agent has stopped", async () => {
    const { containers: shown = [] } = await containers.cloud.task(task.taskArn!);
    const agents = Object.fromEntries(
      shown.map(({ name, managedAgents }) => [name, managedAgents]),
    );
    expect(agents).toMatchObject({
      main: [
        { name: "ExecuteCommandAgent", lastStatus: "RUNNING", lastStartedAt: expect.any(Date) },
      ],
      shut: [{ name: "ExecuteCommandAgent", lastStatus: "STOPPED" }],
    });
    await expect(open("sh", "shut")).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  const plugin = onPath("session-manager-plugin");
  test.skipIf(!plugin || !onPath("aws") || !onPath("script"))(
    "is what the AWS CLI has with the Session Manager plugin",
    async () => {
      const { clientConfig } = containers.cloud.test;
      const { accessKeyId, secretAccessKey } = clientConfig.credentials;
      const asked = `aws ecs execute-command --cluster c --task ${task.taskArn} --container main --interactive`;
      const { stdout } = await promisify(execFile)(
        "script",
        ["-qec", `${asked} --command 'sh -c "id -u; echo $((6 * 7))"'`, "/dev/null"],
        {
          env: {
            PATH: process.env["PATH"],
            AWS_ENDPOINT_URL: clientConfig.endpoint,
            AWS_DEFAULT_REGION: clientConfig.region,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
          },
        },
      );
      expect(stdout).toMatch(/Starting session with SessionId: ecs-execute-command-\w+\r\n/);
      expect(stdout).toMatch(/\n0\s+42\s/);
      expect(stdout).toMatch(/Exiting session with sessionId: ecs-execute-command-\w+\.\r\n/);
    },
  );

  test("ends with its task", async () => {
    const session = await open("sh");
    await session.sees("# ");
    const { task: stopped } = await containers.end(task);
    expect(stopped.containers!.flatMap(({ managedAgents }) => managedAgents)).toMatchObject([
      { lastStatus: "STOPPED" },
      { lastStatus: "STOPPED" },
    ]);
    expect(await session.client.ended).toMatchObject({ exitCode: 137 });
  });
});

function onPath(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
