import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/codebuild");

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "codebuild-"));
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
  const { code, output } = await terraform.run("plan", "-detailed-exitcode", ...inputs(minutes));
  expect(code, output).toBe(0);
}

test(
  "projects are made, changed in place, imported and destroyed",
  { timeout: 900_000 },
  async () => {
    await terraform.succeed("apply", "-auto-approve", ...inputs(5));
    await planNothing(5);
    const changed = await terraform.succeed("apply", "-auto-approve", ...inputs(7));
    expect(changed).toContain("0 added, 1 changed, 0 destroyed");
    await planNothing(7);
    for (const name of ["s3", "pipeline", "github"]) {
      await terraform.succeed("state", "rm", `aws_codebuild_project.${name}`);
      await terraform.succeed("import", ...inputs(7), `aws_codebuild_project.${name}`, name);
    }
    await planNothing(7);
    const destroyed = await terraform.succeed("destroy", "-auto-approve", ...inputs(7));
    expect(destroyed).toContain("5 destroyed");
  },
);
