import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/codepipeline");
const CONNECTION = "aws_codestarconnections_connection.github";

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "codepipeline-"));
  cloud = await SpawnedCloud.start(join(dir, "data"), "--tasks", "off");
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

const inputs = (branch: string) => ["-input=false", "-var", `branch=${branch}`];

async function planNothing(branch: string): Promise<void> {
  const { code, output } = await terraform.run("plan", "-detailed-exitcode", ...inputs(branch));
  expect(code, output).toBe(0);
}

test(
  "pipelines and connections are made, changed in place, imported and destroyed",
  { timeout: 900_000 },
  async () => {
    await terraform.succeed("apply", "-auto-approve", ...inputs("main"));
    await planNothing("main");
    const changed = await terraform.succeed("apply", "-auto-approve", ...inputs("release"));
    expect(changed).toContain("0 added, 2 changed, 0 destroyed");
    await planNothing("release");
    const shown = JSON.parse(await terraform.succeed("show", "-json")) as {
      values: { root_module: { resources: { address: string; values: { id: string } }[] } };
    };
    const { resources } = shown.values.root_module;
    const connection = resources.find(({ address }) => address === CONNECTION)!;
    for (const [resource, id] of [
      ["aws_codepipeline.web", "web"],
      [CONNECTION, connection.values.id],
    ] as const) {
      await terraform.succeed("state", "rm", resource);
      await terraform.succeed("import", ...inputs("release"), resource, id);
    }
    // What triggers a pipeline the provider reads only where its state has it already.
    const { output } = await terraform.run("plan", ...inputs("release"));
    expect(output).toContain("0 to add, 1 to change, 0 to destroy");
    await terraform.succeed("apply", "-auto-approve", ...inputs("release"));
    await planNothing("release");
    await terraform.succeed("destroy", "-auto-approve", ...inputs("release"));
  },
);
