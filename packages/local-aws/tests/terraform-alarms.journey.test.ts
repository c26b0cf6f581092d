import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SpawnedCloud } from "./support/spawned-cloud.ts";
import { TerraformFolder } from "./support/terraform-folder.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/alarms");
/** What each resource is imported by. */
const IDS = {
  "aws_cloudwatch_metric_alarm.cpu": "cpu",
  "aws_cloudwatch_metric_alarm.latency": "latency",
  "aws_cloudwatch_metric_alarm.errors": "errors",
  "aws_cloudwatch_composite_alarm.both": "both",
  "aws_cloudwatch_dashboard.this": "lab",
  "aws_cloudwatch_log_metric_filter.errors": "/lab:errors",
  "aws_cloudwatch_log_metric_filter.paths": "/lab:paths",
};

let dir: string;
let cloud: SpawnedCloud;
let terraform: TerraformFolder;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "alarms-"));
  cloud = await SpawnedCloud.start(join(dir, "data"));
  terraform = await TerraformFolder.copy(FIXTURE, join(dir, "stack"), cloud);
  await terraform.succeed("init", "-input=false");
}, 120_000);
afterAll(async () => {
  await cloud.end();
  rmSync(dir, { recursive: true });
}, 60_000);

const withThreshold = (value: number) => ["-input=false", "-var", `threshold=${value}`];

/** Applies, and plans again: there must be nothing to change. */
async function apply(threshold: number): Promise<string> {
  const said = await terraform.succeed("apply", "-auto-approve", ...withThreshold(threshold));
  await planNothing(threshold);
  return said;
}

async function planNothing(threshold: number): Promise<void> {
  const plan = ["plan", "-detailed-exitcode", ...withThreshold(threshold)];
  const { code, output } = await terraform.run(...plan);
  expect(code, output).toBe(0);
}

test(
  "alarms, dashboards and metric filters are made, changed in place, imported and destroyed",
  { timeout: 600_000 },
  async () => {
    expect(await apply(50)).toContain("8 added, 0 changed, 0 destroyed");
    expect(await apply(90)).toContain("0 added, 6 changed, 0 destroyed");
    for (const [resource, id] of Object.entries(IDS)) {
      await terraform.succeed("state", "rm", resource);
      await terraform.succeed("import", ...withThreshold(90), resource, id);
    }
    await planNothing(90);
    expect(await terraform.succeed("destroy", "-auto-approve", ...withThreshold(90))).toContain(
      "Resources: 8 destroyed.",
    );
  },
);
