import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

let dir: string;
let cloud: SpawnedCloud;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "messages-"));
  cloud = await SpawnedCloud.start(join(dir, "data"));
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

interface Resource {
  readonly address: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What the provider's pages say to import by; mostly the id. */
function importId({ address, values }: Resource): string {
  return address.startsWith("aws_cloudwatch_event_target.")
    ? `${values["event_bus_name"]}/${values["rule"]}/${values["target_id"]}`
    : values["id"]!;
}

const withSeconds = (seconds: number) => ["-input=false", "-var", `seconds=${seconds}`];

async function expectEmptyPlan(terraform: TerraformFolder, seconds: number): Promise<void> {
  const args = ["plan", "-detailed-exitcode", ...withSeconds(seconds)];
  const { code, output } = await terraform.run(...args);
  expect(code, output).toBe(0);
}

test.each([
  ["queues, topics and what joins them", "queues", 10],
  ["buses, rules, targets and schedules", "events", 9],
])(
  "%s are made, changed in place, imported and destroyed by the stock provider",
  { timeout: 900_000 },
  async (_what, fixture, count) => {
    const terraform = await TerraformFolder.copy(
      join(FIXTURES, fixture),
      join(dir, fixture),
      cloud,
    );
    await terraform.succeed("init", "-input=false");
    for (const seconds of [30, 60]) {
      const applied = await terraform.succeed("apply", "-auto-approve", ...withSeconds(seconds));
      expect(applied).toContain("0 destroyed.");
      await expectEmptyPlan(terraform, seconds);
    }
    const state = JSON.parse(await terraform.succeed("show", "-json")) as {
      values: { root_module: { resources: readonly Resource[] } };
    };
    const { resources } = state.values.root_module;
    expect(resources).toHaveLength(count);
    for (const resource of resources) {
      await terraform.succeed("state", "rm", resource.address);
      await terraform.succeed("import", ...withSeconds(60), resource.address, importId(resource));
    }
    // How long the provider waits for a confirmation is known to it alone: no import brings that, an apply does.
    const imported = await terraform.succeed("apply", "-auto-approve", ...withSeconds(60));
    expect(imported).toContain("0 added,");
    expect(imported).toContain("0 destroyed.");
    await expectEmptyPlan(terraform, 60);
    const destroyed = await terraform.succeed("destroy", "-auto-approve", ...withSeconds(60));
    expect(destroyed).toContain(`Destroy complete! Resources: ${count} destroyed.`);
  },
);
