import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

/**
 * A folder with the sources of https://github.com/terraform-aws-modules/terraform-aws-ecs, version 5.12.1: the last that takes
 * version 5 of the provider.
 */
const MODULE = process.env["WORKBOOK_FARGATE_MODULE"];
const isThere = MODULE !== undefined && existsSync(join(MODULE, "modules/service/main.tf"));
if (!isThere)
  process.stderr.write(
    "The public Fargate module is not tried: WORKBOOK_FARGATE_MODULE does not name a folder with its sources.\n",
  );

test.skipIf(!isThere)(
  "a service of the public Fargate module, with its default autoscaling, is applied, planned empty and destroyed",
  { timeout: 900_000 },
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "fargate-module-"));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "off");
    onTestFinished(() => cloud.end());
    const stack = join(dir, "stack");
    cpSync(MODULE!, join(stack, "module"), { recursive: true });
    const fixture = join(import.meta.dirname, "fixtures/fargate-module");
    const terraform = await TerraformFolder.copy(fixture, stack, cloud);
    await terraform.succeed("init", "-input=false");
    await terraform.succeed("apply", "-auto-approve", "-input=false");
    const plan = await terraform.run("plan", "-detailed-exitcode", "-input=false");
    expect(plan.code, plan.output).toBe(0);
    expect(JSON.parse(await terraform.succeed("output", "-json", "policies"))).toEqual([
      "cpu",
      "memory",
    ]);
    await terraform.succeed("destroy", "-auto-approve", "-input=false");
  },
);
