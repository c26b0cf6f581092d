import { join } from "node:path";
import { CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { RunTaskCommand, type ContainerDefinition, type Task } from "@aws-sdk/client-ecs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { serveStandIns, type StandInRegistry } from "@workbook/stand-in-images";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { ContainerCloud } from "./support/container-cloud.ts";
import { eventually, InstanceCloud } from "./support/instance-cloud.ts";

const closed = await probeRoom();
/** It has a shell as well, so that all containers here are of it. */
const ROUTER = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable";
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");

describe.skipIf(closed)("lines that go through a router", { timeout: 120_000 }, () => {
  let registry: StandInRegistry;
  let containers: ContainerCloud;
  let taskRoleArn: string;

  beforeAll(async () => {
    registry = await serveStandIns(LAYOUT, [ROUTER]);
    containers = await ContainerCloud.of(ROUTER, { registryMirrors: registry.mirrors });
    const { cloud } = containers;
    taskRoleArn = await cloud.role("router");
    const Action = ["logs:CreateLogStream", "logs:PutLogEvents", "s3:PutObject"];
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    await cloud.iam.send(
      new PutRolePolicyCommand({
        RoleName: "router",
        PolicyName: "logs",
        PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
      }),
    );
    await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: "/routed" }));
  }, 120_000);
  afterAll(async () => {
    expect(containers.cloud.test.errors).toEqual([]);
    await containers.stop();
    await registry.close();
  });

  const region = () => containers.cloud.test.clientConfig.region;

  const router = (settings: ContainerDefinition = {}): ContainerDefinition =>
    containers.container("log_router", {
      firelensConfiguration: { type: "fluentbit" },
      stopTimeout: 10,
      ...settings,
    });

  const toLogs = (options: Record<string, string> = {}) => ({
    logDriver: "awsfirelens" as const,
    options: {
      Name: "cloudwatch_logs",
      region: region(),
      log_group_name: "/routed",
      log_stream_prefix: "out-",
      log_key: "log",
      ...options,
    },
  });

  /** The events of a task in the group that routers write to, oldest first. */
  const routed = async ({ taskArn = "" }: Task): Promise<string[]> => {
    const { logs } = containers.cloud;
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: "/routed" }),
    );
    const id = taskArn.slice(taskArn.lastIndexOf("/") + 1);
    return events
      .filter(({ logStreamName = "" }) => logStreamName.includes(id))
      .map(({ message = "" }) => message);
  };

  test("a sidecar on Fargate brings them to CloudWatch Logs as the task's role, but for those that it leaves out", async () => {
    const script = "echo GET /health; echo GET /; env | grep ^FLUENT | sort; exec sleep 600";
    const app = containers.script(script, {
      logConfiguration: toLogs({ "exclude-pattern": "/health$" }),
      dependsOn: [{ containerName: "log_router", condition: "HEALTHY" }],
    });
    const healthCheck = {
      command: ["CMD-SHELL", `echo '{"health": "check"}' | nc 127.0.0.1 8877 || exit 1`],
      interval: 5,
    };
    const task = await containers.run("sidecar", [router({ healthCheck }), app], { taskRoleArn });
    await eventually(async () =>
      expect(await routed(task)).toEqual(["GET /", "FLUENT_HOST=127.0.0.1", "FLUENT_PORT=24224"]),
    );
    const { exitCodes, lines } = await containers.end(task);
    expect(exitCodes["log_router"], lines.join("\n")).toBe(0);
    expect(lines.join("\n")).toContain("Created log stream out-main-firelens-");
  });

  test("what a container writes before its end arrives, although the task ends with it", async () => {
    const app = containers.script("echo last words", { logConfiguration: toLogs() });
    const task = await containers.run("ends", [router(), app], { taskRoleArn });
    await containers.until(task, { lastStatus: "STOPPED", stopCode: "EssentialContainerExited" });
    expect(await routed(task)).toEqual(["last words"]);
  });

  test("a router that stops takes its task with it where it is essential, and only the lines where it is not", async () => {
    const ends = ["sh", "-c", "timeout 2 /fluent-bit/bin/fluent-bit"];
    const app = containers.script("while :; do echo tick; sleep 0.2; done", {
      logConfiguration: toLogs(),
    });
    const define = (essential: boolean) =>
      containers.run("stops", [router({ command: ends, essential }), app], { taskRoleArn });
    const [whole, alone] = [await define(true), await define(false)];
    await containers.until(whole, {
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
    });
    const routerEnded = expect.objectContaining({ name: "log_router", lastStatus: "STOPPED" });
    const { containers: all = [] } = await eventually(async () => {
      const task = await containers.cloud.task(alone.taskArn!);
      expect(task.containers).toContainEqual(routerEnded);
      return task;
    });
    expect(all).toContainEqual(expect.objectContaining({ name: "main", lastStatus: "RUNNING" }));
    const before = (await routed(alone)).length;
    expect(before).toBeGreaterThan(0);
    await containers.end(alone);
    // What it wrote meanwhile waited for a router that did not come.
    expect(await routed(alone)).toHaveLength(before);
  });

  describe("on an instance", () => {
    let instances: InstanceCloud;
    let daemon: Task;

    const config = `[INPUT]
    Name forward
    Listen 0.0.0.0
    Port 24224
[INPUT]
    Name forward
    unix_path /var/run/fluent/fluent.sock
[FILTER]
    Name record_modifier
    Match *
    Record by daemon
[OUTPUT]
    Name cloudwatch_logs
    Match *
    region REGION
    log_group_name /routed
    log_stream_prefix daemon-
`;
    const receiver = (port: number): ContainerDefinition =>
      containers.container("fluentd", {
        memory: 128,
        command: [
          "sh",
          "-c",
          `printf '%s' "$CONFIG" > /tmp/own.conf; exec /fluent-bit/bin/fluent-bit -c /tmp/own.conf`,
        ],
        environment: [{ name: "CONFIG", value: config.replace("REGION", region()) }],
        portMappings: [{ containerPort: 24224, hostPort: port }],
        mountPoints: [{ sourceVolume: "sockets", containerPath: "/var/run/fluent" }],
      });
    const sockets = [{ name: "sockets", host: { sourcePath: "/var/run/fluent" } }];

    const app = (options: Record<string, string>, more: ContainerDefinition = {}) =>
      containers.script("echo hello from $HOSTNAME | cut -c1-10; exec sleep 600", {
        memory: 64,
        logConfiguration: { logDriver: "fluentd", options: { tag: "{{.Name}}", ...options } },
        ...more,
      });

    const start = async (family: string, all: ContainerDefinition[], more = {}) => {
      const arn = await instances.define(family, all, { taskRoleArn, ...more });
      return containers.cloud.run(arn, { launchType: "EC2", networkConfiguration: undefined });
    };

    /** Waits until the line of this task is in the group, with the word of who brought it. */
    const brought = (family: string, { taskArn }: Task, by: Record<string, string>) =>
      eventually(async () => {
        const { stoppedReason, lastStatus } = await containers.cloud.task(taskArn!);
        const said = [stoppedReason ?? lastStatus, ...(await containers.cloud.lines(taskArn!))];
        const { events = [] } = await containers.cloud.logs.send(
          new FilterLogEventsCommand({ logGroupName: "/routed" }),
        );
        const records = events
          .filter(({ logStreamName = "" }) => logStreamName.startsWith("daemon-"))
          .map(({ message = "" }) => JSON.parse(message) as Record<string, string>);
        const own = records.filter((it) => it["container_name"]?.includes(`-${family}-`));
        const line = expect.objectContaining({ log: "hello from", ...by });
        expect(own, said.join("\n")).toContainEqual(line);
      });

    beforeAll(async () => {
      instances = await InstanceCloud.in(containers.cloud);
      const { InstanceId } = await instances.launch({ InstanceType: "t3.small" });
      await instances.joined(InstanceId!);
      const arn = await instances.define("daemon", [receiver(24224)], {
        taskRoleArn,
        volumes: sockets,
      });
      await instances.serve("daemon", arn, {
        schedulingStrategy: "DAEMON",
        desiredCount: undefined,
        launchType: "EC2",
      });
      daemon = await eventually(async () => {
        const [task] = await containers.cloud.tasks("daemon");
        expect(task).toMatchObject({ lastStatus: "RUNNING" });
        expect(await containers.cloud.lines(task!.taskArn!)).toContainEqual(
          expect.stringContaining("listening on unix://"),
        );
        return task!;
      });
    }, 120_000);

    test("a daemon takes what the driver sends to its port, and to its socket", async () => {
      const port = await start("by-port", [app({ "fluentd-address": "localhost:24224" })]);
      const path = "unix:///var/run/fluent/fluent.sock";
      const socket = await start("by-socket", [app({ "fluentd-address": path })]);
      await brought("by-port", port, { by: "daemon", source: "stdout" });
      await brought("by-socket", socket, { by: "daemon", source: "stdout" });
      expect(daemon.containerInstanceArn).toBeDefined();
    });

    test("a daemon that stops takes no task with it, and what they write meanwhile waits for the next", async () => {
      const ticks = (family: string, address: string) => {
        const script = "n=0; while :; do echo tick $((n+=1)); sleep 0.1; done";
        const options = { tag: family, "fluentd-address": address, "fluentd-async": "true" };
        const logConfiguration = { logDriver: "fluentd" as const, options };
        return start(family, [containers.script(script, { memory: 64, logConfiguration })]);
      };
      const families = ["ticks-port", "ticks-socket"];
      const tasks = [
        await ticks("ticks-port", "localhost:24224"),
        await ticks("ticks-socket", "unix:///var/run/fluent/fluent.sock"),
      ];
      /** The newest line of each that has arrived. */
      const newest = async () => {
        const { events = [] } = await containers.cloud.logs.send(
          new FilterLogEventsCommand({ logGroupName: "/routed" }),
        );
        return families.map((family) => {
          const own = events.filter(({ logStreamName }) => logStreamName === `daemon-${family}`);
          return Math.max(
            0,
            ...own.map(({ message = "" }) => Number(/tick (\d+)/.exec(message)?.[1])),
          );
        });
      };
      await eventually(async () => expect(Math.min(...(await newest()))).toBeGreaterThan(0));
      await containers.end(daemon);
      const before = await newest();
      await eventually(async () => {
        const now = await newest();
        expect(now.every((count, index) => count > before[index]!)).toBe(true);
      });
      for (const { taskArn } of tasks)
        expect(await containers.cloud.task(taskArn!)).toMatchObject({ lastStatus: "RUNNING" });
      await Promise.all(tasks.map((task) => containers.end(task)));
    });

    test("a router beside its app takes its task with it here as well, whichever way it is reached", async () => {
      const dies = (of: ContainerDefinition) => {
        const [, , script = "exec /fluent-bit/bin/fluent-bit"] = of.command ?? [];
        return { ...of, command: ["sh", "-c", script.replace("exec", "timeout 2")] };
      };
      const sends = { "fluentd-address": "localhost:24231", "fluentd-async": "true" };
      const withSocket = { volumes: [{ name: "sockets" }] };
      const tasks = [
        await start("port-dies", [dies(receiver(24231)), app(sends)], withSocket),
        await start("bridge-dies", [
          dies(router({ memory: 128 })),
          containers.script("exec sleep 600", { memory: 64, logConfiguration: toLogs() }),
        ]),
      ];
      const ended = await Promise.all(tasks.map((task) => containers.ended(task)));
      const reason = "EssentialContainerExited";
      expect(ended.map(({ task }) => task.stopCode)).toEqual([reason, reason]);
    });

    test("a sidecar with a port of the instance serves one task on each, and a second finds no room", async () => {
      const both = [
        receiver(24230),
        app({ "fluentd-address": "localhost:24230", "fluentd-async": "true" }),
      ];
      const withSocket = { volumes: [{ name: "sockets" }] };
      const task = await start("beside", both, withSocket);
      await brought("beside", task, { by: "daemon" });
      const arn = await instances.define("beside", both, { taskRoleArn, ...withSocket });
      const { tasks, failures } = await containers.cloud.ecs.send(
        new RunTaskCommand({ cluster: "c", taskDefinition: arn, launchType: "EC2" }),
      );
      expect(tasks).toEqual([]);
      expect(failures![0]!.reason).toBe("RESOURCE:PORTS");
    });

    test("a driver that finds nobody keeps its container from starting", async () => {
      const task = await start("nobody", [app({ "fluentd-address": "localhost:24299" })]);
      const { stoppedReason } = await containers.until(task, { lastStatus: "STOPPED" });
      expect(stoppedReason).toBe(
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp localhost:24299: connect: connection refused",
      );
    });

    test("a router of FireLens is reached by the bridge's address", async () => {
      const told = containers.script("echo $FLUENT_HOST:$FLUENT_PORT; exec sleep 600", {
        memory: 64,
        logConfiguration: toLogs(),
      });
      const task = await start("bridge", [router({ memory: 128 }), told]);
      await eventually(async () =>
        expect(await routed(task)).toEqual([expect.stringMatching(/^172\.17\.0\.\d+:24224$/)]),
      );
    });
  });
});
