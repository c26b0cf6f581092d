import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { pushTinyImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import type { Topology } from "../src/engine/topology.ts";
import { debianFiles } from "./support/debian-image.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/instances");
const closed = await probeRoom();

describe.skipIf(closed)("a hand-written stack of instances", { timeout: 300_000 }, () => {
  let dir: string;
  let cloud: SpawnedCloud;
  let terraform: TerraformFolder;
  let image: string;
  let before: Topology;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "instances-"));
    cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "containers");
    const ecr = new ECRClient(cloud.clientConfig);
    image = await pushTinyImage(ecr, cloud.endpoint, dir, "nginx", {
      files: [
        ...debianFiles("nginx-light", "base-passwd", "dash"),
        ["var/www/html/index.html", "Welcome to nginx!\n"],
        [
          "etc/nginx/sites-enabled/default",
          { type: "symlink", linkname: "/etc/nginx/sites-available/default" },
        ],
      ],
      config: { Cmd: ["nginx", "-g", "daemon off; error_log /dev/stderr;"] },
    });
    ecr.destroy();
    before = await cloud.topology();
    terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
    await terraform.succeed("init", "-input=false");
  }, 120_000);
  afterAll(async () => {
    await cloud.end();
    rmSync(dir, { recursive: true });
  });

  const run = (command: string, ...args: string[]) =>
    terraform.run(command, "-input=false", `-var=image=${image}`, ...args);
  const instances = async () => {
    const client = new AutoScalingClient(cloud.clientConfig);
    const { AutoScalingGroups } = await client.send(new DescribeAutoScalingGroupsCommand({}));
    client.destroy();
    return AutoScalingGroups?.[0]?.Instances ?? [];
  };

  test("applies: its group grows by the tasks, and both answer through the load balancer", async () => {
    expect(await run("apply", "-auto-approve")).toMatchObject({ code: 0 });
    await vi.waitFor(
      async () => {
        const answer = await fetch(await cloud.listenerUrl(80));
        expect(await answer.text()).toBe("Welcome to nginx!\n");
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(await instances()).toMatchObject([
      { LifecycleState: "InService", ProtectedFromScaleIn: true },
    ]);
  });

  test("a second plan is empty", async () => {
    expect(await run("plan", "-detailed-exitcode")).toMatchObject({ code: 0 });
  });

  test("is destroyed, and nothing of it is left", async () => {
    expect(await run("destroy", "-auto-approve")).toMatchObject({ code: 0 });
    expect(await cloud.topology()).toEqual(before);
  });
});
