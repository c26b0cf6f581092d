import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import type { TaskSpec } from "../driver.ts";
import { nameFiles } from "./host-files.ts";
import { refuseTask } from "./refuse-container.ts";

const taskId = "0".repeat(32);
const taskArn = `arn:aws:ecs:ap-northeast-1:000000000000:task/c/${taskId}`;
const image = {
  reference: "app:1",
  digest: `sha256:${"0".repeat(64)}`,
  config: {},
  platform: "linux/amd64",
  base: undefined,
  layers: [],
};

/** A task of an instance, of containers with these settings. */
const taskOf = (
  networkMode: TaskSpec["networkMode"],
  settings: Readonly<Record<string, ContainerDefinition>>,
): TaskSpec => ({
  taskArn,
  taskId,
  instanceId: "i-0123456789abcdef0",
  privateIpAddress: undefined,
  networkMode,
  containers: Object.entries(settings).map(([name, definition]) => ({
    name,
    definition,
    override: undefined,
    image,
    environment: {},
    stopTimeoutSeconds: 1,
    runtimeId: "0",
  })),
});

const UNRESOLVED = `Task dependencies cannot be resolved, taskArn: ${taskArn}`;
const somaxconn = { systemControls: [{ namespace: "net.core.somaxconn", value: "512" }] };

test.each<[what: string, said: string, task: TaskSpec]>([
  [
    "volumes that containers take from each other",
    UNRESOLVED,
    taskOf("bridge", {
      one: { volumesFrom: [{ sourceContainer: "two" }] },
      two: { volumesFrom: [{ sourceContainer: "one" }] },
    }),
  ],
  ["a link to itself", UNRESOLVED, taskOf("bridge", { one: { links: ["one:me"] } })],
  [
    "a link against the order",
    UNRESOLVED,
    taskOf("bridge", {
      one: { links: ["two"] },
      two: { dependsOn: [{ containerName: "one", condition: "START" }] },
    }),
  ],
  [
    "a host without an address",
    'CannotCreateContainerError: Error response from daemon: invalid IP address in add-host: "db"',
    taskOf("bridge", { one: { extraHosts: [{ hostname: "db", ipAddress: "db" }] } }),
  ],
  [
    "a kernel parameter of the instance's network",
    'CannotStartContainerError: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: sysctl "net.core.somaxconn" not allowed in host network namespace: unknown',
    taskOf("host", { one: somaxconn }),
  ],
])("%s is refused in the words of who refuses it on AWS", (_what, said, task) => {
  expect(() => refuseTask(task, { init: undefined })).toThrow(said);
});

test("what makes sense is not refused, and is in the container's hosts", () => {
  const fine = taskOf("bridge", {
    one: {
      links: ["two:alias"],
      extraHosts: [
        { hostname: "db", ipAddress: "10.0.0.9" },
        { hostname: "instance", ipAddress: "host-gateway" },
      ],
    },
    two: somaxconn,
  });
  expect(() => refuseTask(fine, { init: undefined })).not.toThrow();
  const files = nameFiles({
    container: fine.containers[0]!,
    hostName: "one",
    addressOf: () => "172.17.0.9",
    nameServer: undefined,
    region: "ap-northeast-1",
  });
  expect(files["hosts"]).toMatch(
    /172\.17\.0\.9 one\n172\.17\.0\.9 alias\n10\.0\.0\.9 db\n172\.17\.0\.1 instance\n$/,
  );
});
