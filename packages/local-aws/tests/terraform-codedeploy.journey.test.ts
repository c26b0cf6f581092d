import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/codedeploy");
/** What each resource is imported by. */
const IDS = {
  "aws_codedeploy_app.web": "web",
  "aws_codedeploy_deployment_config.slow": "slow",
  "aws_codedeploy_deployment_group.web": "web:web",
  "aws_ecs_service.web": "main/web",
  "aws_ecs_service.own": "main/own",
};

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "codedeploy-"));
  cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "off");
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

const inputs = (minutes: number) => ["-input=false", "-var", `minutes=${minutes}`];

async function planNothing(minutes: number): Promise<void> {
  const plan = ["plan", "-detailed-exitcode", ...inputs(minutes)];
  const { code, output } = await terraform.run(...plan);
  expect(code, output).toBe(0);
}

test(
  "applications, groups, configurations, task sets and their services are made, changed in place, imported and destroyed",
  { timeout: 900_000 },
  async () => {
    await terraform.succeed("apply", "-auto-approve", ...inputs(5));
    await planNothing(5);
    const changed = await terraform.succeed("apply", "-auto-approve", ...inputs(7));
    expect(changed).toContain("0 added, 3 changed, 0 destroyed");
    await planNothing(7);
    const shown = JSON.parse(await terraform.succeed("show", "-json")) as {
      values: { root_module: { resources: { address: string; values: { id: string } }[] } };
    };
    const taskSet = shown.values.root_module.resources.find(
      ({ address }) => address === "aws_ecs_task_set.own",
    )!;
    for (const [resource, id] of Object.entries({
      ...IDS,
      "aws_ecs_task_set.own": taskSet.values.id,
    })) {
      await terraform.succeed("state", "rm", resource);
      await terraform.succeed("import", ...inputs(7), resource, id);
    }
    // How a task set is deleted is nothing that can be imported.
    const { output } = await terraform.run("plan", ...inputs(7));
    expect(output).toContain("0 to add, 1 to change, 0 to destroy");
    await terraform.succeed("apply", "-auto-approve", ...inputs(7));
    await planNothing(7);
    await terraform.succeed("destroy", "-auto-approve", ...inputs(7));
  },
);
