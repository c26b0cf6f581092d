import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/parameters");

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "parameters-"));
  cloud = await SpawnedCloud.start(join(dir, "data"));
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

const withValue = (value: string) => ["-input=false", "-var", `value=${value}`];

/** Applies with a value, and plans again: there must be nothing to change. Answers what Terraform read back. */
async function apply(value: string): Promise<unknown> {
  await terraform.succeed("apply", "-auto-approve", ...withValue(value));
  const { code, output } = await terraform.run("plan", "-detailed-exitcode", ...withValue(value));
  expect(code, output).toBe(0);
  return JSON.parse(await terraform.succeed("output", "-json", "read"));
}

test(
  "keys, secrets and parameters are made, read back, changed in place and destroyed by the stock provider",
  { timeout: 240_000 },
  async () => {
    const read = (value: string) => ({
      ciphertext: "text",
      password: JSON.stringify({ password: value }),
      parameters: { "/app/plain": value, "/app/list": `a,b,${value}`, "/app/secret": value },
    });
    expect(await apply("one")).toEqual(read("one"));
    expect(await apply("two")).toEqual(read("two"));
    expect(await terraform.succeed("destroy", "-auto-approve", ...withValue("two"))).toContain(
      "Destroy complete! Resources: 12 destroyed.",
    );
  },
);
