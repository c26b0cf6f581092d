import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/autoscaling");
const TARGET = "service/scaled/web/ecs:service:DesiredCount";

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "autoscaling-"));
  cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "off");
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

const inputs = (most: number, wanted: number) => [
  "-input=false",
  `-var=most=${most}`,
  `-var=wanted=${wanted}`,
];

async function expectNothingToChange(...values: [most: number, wanted: number]): Promise<void> {
  const { code, output } = await terraform.run("plan", "-detailed-exitcode", ...inputs(...values));
  expect(code, output).toBe(0);
}

test(
  "targets, policies and scheduled actions are made, changed in place, imported and destroyed",
  { timeout: 600_000 },
  async () => {
    await terraform.succeed("apply", "-auto-approve", ...inputs(4, 60));
    await expectNothingToChange(4, 60);
    const changed = await terraform.succeed("apply", "-auto-approve", ...inputs(6, 70));
    expect(changed).toContain("0 added, 6 changed, 0 destroyed");
    await expectNothingToChange(6, 70);
    const imported = {
      "aws_appautoscaling_target.web": `ecs/${TARGET}`,
      "aws_appautoscaling_policy.cpu": `ecs/${TARGET}/cpu`,
      "aws_appautoscaling_policy.steps": `ecs/${TARGET}/steps`,
    };
    for (const [address, id] of Object.entries(imported)) {
      await terraform.succeed("state", "rm", address);
      await terraform.succeed("import", ...inputs(6, 70), address, id);
    }
    await expectNothingToChange(6, 70);
    expect(await terraform.succeed("destroy", "-auto-approve", ...inputs(6, 70))).toContain(
      "Destroy complete! Resources: 9 destroyed.",
    );
  },
);
