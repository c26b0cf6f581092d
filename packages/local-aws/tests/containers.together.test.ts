import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { ContainerCloud } from "./support/container-cloud.ts";

const closed = await probeRoom();

/** A shell that goes on until it is told to end. */
const IDLE = "trap 'exit 0' TERM; while :; do sleep 0.05; done";

describe.skipIf(closed)("the containers of one task", { timeout: 60_000 }, () => {
  let cloud: ContainerCloud;

  beforeAll(async () => {
    cloud = await ContainerCloud.start();
  }, 120_000);
  afterAll(async () => {
    expect(cloud.cloud.test.errors).toEqual([]);
    await cloud.stop();
  });

  test("an init container writes into a volume that another only reads", async () => {
    const volume = { sourceVolume: "shared", containerPath: "/shared" };
    const started = await cloud.run(
      "volumes",
      [
        cloud.container("init", {
          essential: false,
          command: ["sh", "-c", "echo configured > /shared/settings"],
          mountPoints: [volume],
        }),
        cloud.script("cat /shared/settings; touch /shared/x; echo $?", {
          mountPoints: [{ ...volume, readOnly: true }],
          dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
        }),
        cloud.container("other", {
          essential: false,
          command: ["sh", "-c", "cat /shared/settings"],
          volumesFrom: [{ sourceContainer: "main" }],
          dependsOn: [{ containerName: "init", condition: "COMPLETE" }],
        }),
      ],
      { volumes: [{ name: "shared" }] },
    );
    const { lines, exitCodes } = await cloud.ended(started);
    expect(lines.toSorted()).toEqual([
      "1",
      "configured",
      "configured",
      "touch: cannot touch '/shared/x': Read-only file system",
    ]);
    expect(exitCodes).toEqual({ init: 0, main: 0, other: 0 });
  });

  test("a volume begins as what the image has there, with its owner, also where nothing else can be written", async () => {
    const look = "stat -c '%U %a' /var/lib/own; cat /var/lib/own/*; touch /var/lib/own/x; echo $?";
    const own = await cloud.ask("own", look, { readonlyRootFilesystem: true });
    expect(own.lines).toEqual(["www-data 750", "of the image", "0"]);
    const mountPoints = [{ sourceVolume: "data", containerPath: "/var/lib/own" }];
    const started = await cloud.run(
      "filled",
      [
        cloud.container("init", {
          essential: false,
          command: ["sh", "-c", "echo first > /data/first; chmod 700 /data"],
          mountPoints: [{ sourceVolume: "data", containerPath: "/data" }],
        }),
        cloud.script(look, {
          mountPoints,
          dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
        }),
      ],
      { volumes: [{ name: "data" }] },
    );
    // One that has something in it is left as it is.
    expect((await cloud.ended(started)).lines).toEqual(["root 700", "first", "0"]);
  });

  test("a volume within a volume is seen, whatever their order", async () => {
    const { lines } = await cloud.ask(
      "nested",
      "touch /data/a /data/inner/b; ls /data; ls /data/inner",
      {
        mountPoints: [
          { sourceVolume: "inner", containerPath: "/data/inner" },
          { sourceVolume: "outer", containerPath: "/data" },
        ],
      },
      { volumes: [{ name: "inner" }, { name: "outer" }] },
    );
    expect(lines).toEqual(["a", "inner", "b"]);
  });

  test("an EFS file system outlives its tasks, and its links lead nowhere", async () => {
    const on = (rootDirectory: string) => ({
      volumes: [
        { name: "files", efsVolumeConfiguration: { fileSystemId: "fs-0123456789", rootDirectory } },
      ],
    });
    const mountPoints = [{ sourceVolume: "files", containerPath: "/files" }];
    const ask = async (script: string, root: string) =>
      (await cloud.ask("efs", script, { mountPoints }, on(root))).lines;
    expect(await ask("mkdir /files/a; echo kept > /files/a/b; ln -s /etc /files/out", "/")).toEqual(
      [],
    );
    expect(await ask("cat /files/*", "/a")).toEqual(["kept"]);
    expect(await ask("ls -A /files | wc -l", "/out/../../../out")).toEqual(["0"]);
  });

  test("nginx stands in front of an application on localhost, by a configuration that another has written", async () => {
    const volume = { sourceVolume: "conf", containerPath: "/etc/nginx/sites-enabled" };
    const app =
      'events {} http { server { listen 127.0.0.1:3000; location / { return 200 "app of $http_x_for\n"; } } }';
    const site =
      "server { listen 80; location / { proxy_pass http://localhost:3000; proxy_set_header X-For $remote_addr; } }";
    const started = await cloud.run(
      "together",
      [
        cloud.container("init", {
          essential: false,
          entryPoint: ["sh", "-c"],
          command: [`echo '${site}' > /etc/nginx/sites-enabled/default`],
          mountPoints: [volume],
        }),
        cloud.container("app", {
          command: [
            "sh",
            "-c",
            `echo '${app}' > /app.conf; exec nginx -c /app.conf -g 'daemon off;'`,
          ],
          healthCheck: { command: ["CMD", "curl", "-fsS", "http://127.0.0.1:3000/"], interval: 5 },
        }),
        cloud.container("nginx", {
          command: ["nginx", "-g", "daemon off;"],
          portMappings: [{ containerPort: 80 }],
          mountPoints: [{ ...volume, readOnly: true }],
          dependsOn: [
            { containerName: "init", condition: "SUCCESS" },
            { containerName: "app", condition: "HEALTHY" },
          ],
          healthCheck: { command: ["CMD-SHELL", "curl -fsS http://localhost/"], interval: 5 },
        }),
        cloud.script("curl -sS http://localhost/", {
          dependsOn: [{ containerName: "nginx", condition: "HEALTHY" }],
        }),
      ],
      { volumes: [{ name: "conf" }] },
    );
    const { lines, exitCodes, task } = await cloud.ended(started);
    expect(lines).toEqual(["app of 127.0.0.1"]);
    expect(exitCodes).toEqual({ init: 0, app: 0, nginx: 0, main: 0 });
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited" });
  });

  test("one that is not essential ends alone; one that is takes the others with it, in order", async () => {
    const trap = (name: string) =>
      `trap 'echo ${name} ends; exit 0' TERM; echo ${name} up; while :; do sleep 0.05; done`;
    const started = await cloud.run(
      "essential",
      [
        cloud.container("helper", { essential: false, command: ["sh", "-c", "exit 5"] }),
        cloud.container("db", { command: ["sh", "-c", trap("db")] }),
        cloud.container("app", {
          command: ["sh", "-c", trap("app")],
          dependsOn: [{ containerName: "db", condition: "START" }],
        }),
        cloud.script("while [ ! -e /go/on ]; do sleep 0.05; done; exit 6", {
          mountPoints: [{ sourceVolume: "go", containerPath: "/go" }],
        }),
        cloud.container("last", {
          essential: false,
          command: ["touch", "/go/on"],
          mountPoints: [{ sourceVolume: "go", containerPath: "/go" }],
          dependsOn: [
            { containerName: "helper", condition: "COMPLETE" },
            { containerName: "app", condition: "START" },
          ],
        }),
      ],
      { volumes: [{ name: "go" }] },
    );
    const { lines, exitCodes, task } = await cloud.ended(started);
    expect(exitCodes).toEqual({ helper: 5, db: 0, app: 0, main: 6, last: 0 });
    expect(lines.filter((line) => line.endsWith("ends"))).toEqual(["app ends", "db ends"]);
    expect(task).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
    });
  });

  test("a task whose container can never start says why, and was never running", async () => {
    const started = await cloud.run("unmet", [
      cloud.container("init", { essential: false, command: ["sh", "-c", "exit 3"] }),
      cloud.script("echo never", { dependsOn: [{ containerName: "init", condition: "SUCCESS" }] }),
    ]);
    const { lines, exitCodes, task } = await cloud.ended(started);
    expect(lines).toEqual([]);
    expect(exitCodes).toEqual({ init: 3, main: 143 });
    expect(task).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason: "Task failed to start",
    });
    expect(task.startedAt).toBeUndefined();
    expect(task.containers!.find(({ name }) => name === "main")!.reason).toMatch(
      /^CannotStartContainerError: dependency graph: .* as dependency did not exit successfully\.$/,
    );
  });

  test("a task ends with its essential container, though another still waits to start", async () => {
    const started = await cloud.run("early", [
      cloud.container("main", {
        command: ["sh", "-c", "exit 4"],
        healthCheck: { command: ["CMD", "false"] },
      }),
      cloud.container("side", {
        essential: false,
        dependsOn: [{ containerName: "main", condition: "HEALTHY" }],
      }),
    ]);
    const { exitCodes, task } = await cloud.ended(started);
    expect(exitCodes).toEqual({ main: 4, side: undefined });
    expect(task).toMatchObject({ stopCode: "EssentialContainerExited" });
    expect(task.startedAt).toBeUndefined();
  });

  test("a container that its restart policy starts again keeps its files", async () => {
    const script = [
      "echo x >> /tries; tries=$(wc -l < /tries)",
      "curl -sS $ECS_CONTAINER_METADATA_URI_V4 | grep -o 'RestartCount\":[0-9]*'",
      // A minute of the attempt period is a second here.
      "sleep 1.5; [ $tries = 3 ] || exit 1; exit 0",
    ];
    const { lines, exitCodes } = await cloud.ask("restart", script.join("; "), {
      restartPolicy: { enabled: true, restartAttemptPeriod: 60, ignoredExitCodes: [0] },
    });
    expect(lines).toEqual(['RestartCount":0', 'RestartCount":1', 'RestartCount":2']);
    expect(exitCodes).toEqual({ main: 0 });
  });

  test("a container is checked by a program of its own, and is called unhealthy by its answer", async () => {
    const started = await cloud.run("health", [
      cloud.container("main", {
        command: ["sh", "-c", `touch /well; ${IDLE}`],
        healthCheck: { command: ["CMD", "/usr/bin/test", "-f", "/well"], interval: 5, retries: 1 },
      }),
      cloud.container("side", {
        essential: false,
        command: ["sh", "-c", IDLE],
        healthCheck: { command: ["CMD-SHELL", "id -un | grep nobody"], interval: 5, retries: 1 },
        dependsOn: [{ containerName: "main", condition: "HEALTHY" }],
      }),
    ]);
    await vi.waitFor(
      async () => {
        const { containers, healthStatus } = await cloud.cloud.task(started.taskArn!);
        expect(containers!.map(({ name, healthStatus: health }) => [name, health])).toEqual([
          ["main", "HEALTHY"],
          ["side", "UNHEALTHY"],
        ]);
        expect(healthStatus).toBe("HEALTHY");
      },
      { timeout: 60_000, interval: 50 },
    );
    await cloud.end(started);
  });
});
