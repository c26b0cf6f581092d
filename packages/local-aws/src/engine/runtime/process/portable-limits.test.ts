import { userInfo } from "node:os";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import type { ContainerSpec, TaskSpec } from "../driver.ts";
import { refusePortableTask, unheededOf } from "./portable-limits.ts";

const { uid, gid, username } = userInfo();

function task(definition: ContainerDefinition, more: Partial<ContainerSpec> = {}): TaskSpec {
  const container: ContainerSpec = {
    name: "web",
    definition,
    override: undefined,
    image: {
      reference: "web",
      digest: "",
      config: {},
      platform: "linux/amd64",
      base: undefined,
      layers: [],
    },
    environment: {},
    stopTimeoutSeconds: 30,
    runtimeId: "0123456789",
    ...more,
  };
  return {
    taskArn: "arn",
    taskId: "id",
    privateIpAddress: undefined,
    networkMode: "awsvpc",
    containers: [container],
  };
}

const withUser = (User: string) => ({
  image: { ...task({}).containers[0]!.image, config: { User } },
});

test.each<[ContainerDefinition, string]>([
  [{ readonlyRootFilesystem: true }, "needs a root file system that can only be read"],
  [{ user: String(uid + 1) }, `runs as the user "${uid + 1}"`],
  [{ user: `${uid}:${gid + 1}` }, `runs as the user "${uid}:${gid + 1}"`],
  [{ user: "nobody-here" }, 'runs as the user "nobody-here"'],
  [{ resourceRequirements: [{ type: "GPU", value: "1" }] }, "needs a GPU"],
  [{ mountPoints: [{ sourceVolume: "data" }] }, 'mounts the volume "data"'],
])("%j is refused by name", (definition, words) => {
  expect(() => refusePortableTask(task(definition))).toThrow(
    `CannotStartContainerError: container "web" ${words}, which tasks that run as plain processes cannot do`,
  );
});

test("the user that runs everything here may be named", () => {
  for (const user of [String(uid), username, `${uid}:${gid}`])
    expect(() => refusePortableTask(task({ user, readonlyRootFilesystem: false }))).not.toThrow();
});

test.each<
  [what: string, definition: ContainerDefinition, more: Partial<ContainerSpec>, said: string[]]
>([
  ["nothing", {}, {}, []],
  [
    "a port that PORT tells",
    { portMappings: [{ containerPort: 80 }] },
    { environment: { PORT: "80" } },
    [],
  ],
  ["ulimits", { ulimits: [{ name: "nofile", softLimit: 1, hardLimit: 1 }] }, {}, ["ulimits"]],
  [
    "a terminal",
    { interactive: true, pseudoTerminal: true },
    {},
    ["interactive", "pseudoTerminal"],
  ],
  ["no terminal", { interactive: false, pseudoTerminal: false }, {}, []],
  ["empty lists", { ulimits: [], systemControls: [], linuxParameters: {} }, {}, []],
  [
    "parameters of the kernel",
    {
      systemControls: [{ namespace: "net.core.somaxconn", value: "1" }],
      linuxParameters: { initProcessEnabled: true },
    },
    {},
    ["systemControls", "linuxParameters"],
  ],
  ["an image's user", {}, withUser("65532:65532"), ["USER 65532:65532 of the image"]],
  [
    "a port that the program cannot be told",
    { portMappings: [{ containerPort: 3000 }] },
    {},
    ["port 3000, since the environment has no PORT to tell the program another by"],
  ],
])("a task with %s says what it goes without", (_what, definition, more, said) => {
  expect(unheededOf(task(definition, more))).toEqual(
    said.length === 0 ? [] : [`container "web": ${said.join(", ")}`],
  );
});
