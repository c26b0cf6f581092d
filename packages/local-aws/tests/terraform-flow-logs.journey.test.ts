import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { probeRoom } from "../src/engine/runtime/containers/probe-room.ts";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const closed = await probeRoom();

describe.skipIf(closed)("flow logs by Terraform", () => {
  let dir: string;
  let cloud: SpawnedCloud;
  let terraform: TerraformFolder;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "flow-logs-"));
    cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "containers");
    const fixture = join(import.meta.dirname, "fixtures/flow-logs");
    terraform = await TerraformFolder.copy(fixture, join(dir, "stack"), cloud);
    await terraform.succeed("init", "-input=false");
  }, 120_000);
  afterAll(async () => {
    await cloud.end();
    rmSync(dir, { recursive: true });
  }, 60_000);

  const inputs = (owner: string) => ["-input=false", "-var", `owner=${owner}`];

  async function planNothing(owner: string): Promise<void> {
    const { code, output } = await terraform.run("plan", "-detailed-exitcode", ...inputs(owner));
    expect(code, output).toBe(0);
  }

  test(
    "flow logs of a VPC and of a subnet are made, tagged anew, imported and destroyed",
    { timeout: 900_000 },
    async () => {
      await terraform.succeed("apply", "-auto-approve", ...inputs("a"));
      await planNothing("a");
      const changed = await terraform.succeed("apply", "-auto-approve", ...inputs("b"));
      expect(changed).toContain("0 added, 1 changed, 0 destroyed");
      const shown = JSON.parse(await terraform.succeed("show", "-json")) as {
        values: { root_module: { resources: { address: string; values: { id: string } }[] } };
      };
      for (const { address, values } of shown.values.root_module.resources)
        if (address.startsWith("aws_flow_log.")) {
          await terraform.succeed("state", "rm", address);
          await terraform.succeed("import", ...inputs("b"), address, values.id);
        }
      await planNothing("b");
      await terraform.succeed("destroy", "-auto-approve", ...inputs("b"));
    },
  );
});
