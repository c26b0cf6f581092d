import { StopTaskCommand, type Task } from "@aws-sdk/client-ecs";
import type {
  ContainerDefinition,
  NetworkConfiguration,
  RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { expect, vi } from "vitest";
import type { LocalAwsOptions } from "../../src/local-aws.ts";
import { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";
import type { TinyEntry } from "../../src/engine/runtime/testing/tiny-image.ts";
import { debianFiles } from "./debian-image.ts";

type More = Partial<RegisterTaskDefinitionCommandInput>;

/** What a task that has ended leaves to be looked at. */
export interface EndedTask {
  readonly task: Task;
  readonly lines: readonly string[];
  /** Of its containers, by name. */
  readonly exitCodes: Readonly<Record<string, number | undefined>>;
}

/** A cloud that runs tasks as containers, with a whole image of Debian: nginx, curl and a shell. */
export class ContainerCloud {
  readonly cloud: TaskCloud;
  readonly image: string;

  private constructor(cloud: TaskCloud, image: string) {
    this.cloud = cloud;
    this.image = image;
  }

  /** @param files what its image has beside */
  static async start(
    options: LocalAwsOptions = {},
    files: readonly (readonly [string, TinyEntry])[] = [],
  ): Promise<ContainerCloud> {
    const cloud = await TaskCloud.start({ tasks: "containers", ...options });
    const packages = ["nginx-light", "curl", "coreutils", "dash", "base-passwd", "libc-bin"];
    const image = await cloud.push("debian", {
      files: [
        ...debianFiles(...packages, "procps", "grep", "util-linux", "perl-base"),
        ["var/www/html/index.html", "Welcome to nginx!\n"],
        // What the package does at its installation.
        [
          "etc/nginx/sites-enabled/default",
          { type: "symlink", linkname: "/etc/nginx/sites-available/default" },
        ],
        ["start.sh", { mode: 0o755, content: '#!/bin/sh\nset -e\ncat /app/greeting\nexec "$@"\n' }],
        ["app/greeting", "a script reads /app/greeting\n"],
        ["var/lib/own/", { type: "directory", uid: 33, gid: 33, mode: 0o750 }],
        ["var/lib/own/seed", "of the image\n"],
        ["srv/own", { content: "mine\n", uid: 33, gid: 33, mode: 0o600 }],
        ...files,
      ],
      config: {
        Cmd: ["nginx", "-g", "daemon off; error_log /dev/stderr;"],
        Volumes: { "/var/lib/own": {} },
      },
    });
    return new ContainerCloud(cloud, image);
  }

  /** One whose containers run an image that the test brings, whatever registry has it. */
  static async of(image: string, options: LocalAwsOptions): Promise<ContainerCloud> {
    return new ContainerCloud(await TaskCloud.start({ tasks: "containers", ...options }), image);
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }

  /** A container of the image that logs. */
  container(name: string, settings: ContainerDefinition = {}): ContainerDefinition {
    return { name, image: this.image, logConfiguration: this.cloud.logTo(), ...settings };
  }

  /** One that runs a shell script, whose lines and complaints come in their order. */
  script(script: string, settings: ContainerDefinition = {}): ContainerDefinition {
    return this.container("main", {
      command: ["sh", "-c", `exec 2>&1; ${script}`],
      stopTimeout: 2,
      ...settings,
    });
  }

  async run(
    family: string,
    containers: ContainerDefinition[],
    more: More & { network?: NetworkConfiguration } = {},
  ): Promise<Task> {
    const { network = this.cloud.network, ...rest } = more;
    return this.cloud.run(await this.cloud.define(family, containers, rest), {
      networkConfiguration: network,
    });
  }

  /** Waits until a task is what `expected` says. */
  async until(started: Task, expected: Partial<Task>): Promise<Task> {
    return vi.waitFor(
      async () => {
        const task = await this.cloud.task(started.taskArn!);
        expect(task, task.stoppedReason).toMatchObject(expected);
        return task;
      },
      { timeout: 60_000, interval: 20 },
    );
  }

  async ended(started: Task): Promise<EndedTask> {
    const task = await this.until(started, { lastStatus: "STOPPED" });
    const exitCodes = Object.fromEntries(
      (task.containers ?? []).map(({ name, exitCode }) => [name!, exitCode]),
    );
    return { task, lines: await this.cloud.lines(task.taskArn!), exitCodes };
  }

  /** Runs a shell script as a task of its own to its end. */
  async ask(
    family: string,
    script: string,
    settings: ContainerDefinition = {},
    more: More & { network?: NetworkConfiguration } = {},
  ): Promise<EndedTask> {
    return this.ended(await this.run(family, [this.script(script, settings)], more));
  }

  async end(task: Task): Promise<EndedTask> {
    await this.cloud.ecs.send(new StopTaskCommand({ cluster: "c", task: task.taskArn! }));
    return this.ended(task);
  }
}

/** The address of a task's interface. */
export function addressOf(task: Task): string {
  const details = task.attachments?.[0]?.details ?? [];
  return details.find(({ name }) => name === "privateIPv4Address")!.value!;
}
