import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deployedStacks } from "../src/deploy/deployed-stacks.ts";
import { LabRun } from "../src/deploy/lab-run.ts";
import { findMoves, moveResources, requireNothingToMove } from "../src/deploy/move-resources.ts";
import { QUIET } from "../src/deploy/reporter.ts";
import type { Deployment } from "../src/deploy/stack.ts";
import { loadLab } from "../src/load-lab.ts";
import type { KeptLane } from "../src/terraform/kept-lane.ts";
import { startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";
import { testDeployment } from "../src/testing/test-deployment.ts";

const root = join(import.meta.dirname, "../../..");
const TIMEOUT_MS = 120_000;

let cloud: TestCloud;
let folder: string;
let lane: KeptLane;
let s3: S3;
let deployment: Deployment;
let run: LabRun;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  folder = await mkdtemp(join(tmpdir(), "move-resources-"));
  const lab = await loadLab(join(root, "labs/13-splitting-state"));
  ({ deployment, lane } = await testDeployment(cloud, { root, lab, state: folder }));
  s3 = new S3({ ...cloud.connection, forcePathStyle: true });
  run = new LabRun(deployment);
}, TIMEOUT_MS);

afterAll(async () => {
  s3.destroy();
  await lane.close();
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lets a stack's state hold these, and no others. */
async function hold(stack: string, ...addresses: readonly string[]): Promise<void> {
  const resources = addresses.map((address) => {
    const [type, name] = address.replace(/^data\./, "").split(".");
    const mode = address.startsWith("data.") ? "data" : "managed";
    const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
    return { mode, type, name, provider, instances: [{ attributes: { id: name } }] };
  });
  await s3.putObject({
    Bucket: await run.bucket(),
    Key: `hanako/${stack}.tfstate`,
    Body: JSON.stringify({
      version: 4,
      serial: 1,
      lineage: stack,
      terraform_version: "1.11.4",
      resources,
    }),
  });
}

test(
  "what stands in the state of another stack than the program says is found, and refused before anything is destroyed",
  async () => {
    await hold("service", "aws_vpc.vpc", "aws_s3_bucket.notes", "aws_ecs_cluster.cluster");
    await hold("old", "aws_kms_key.database_key", "aws_sqs_queue.nobody_describes");
    expect(await findMoves(run)).toEqual([
      { address: "aws_vpc.vpc", from: "service", to: "network" },
      { address: "aws_s3_bucket.notes", from: "service", to: "data" },
      { address: "aws_kms_key.database_key", from: "old", to: "parameters" },
    ]);
    await expect(requireNothingToMove(run)).rejects.toMatchObject({
      code: "STATE_TO_MOVE",
      message: expect.stringContaining("and 2 more would be destroyed in the stack service"),
    });
  },
  TIMEOUT_MS,
);

test(
  "nothing is to be moved where each stands in its own, stands in both, or is only read",
  async () => {
    await hold("service", "aws_vpc.vpc", "data.aws_ssm_parameter.network_vpc_id");
    await hold("network", "aws_vpc.vpc");
    await hold("old");
    expect(await findMoves(run)).toEqual([]);
    await expect(requireNothingToMove(run)).resolves.toBeUndefined();
  },
  TIMEOUT_MS,
);

test(
  "a stack that takes something and gives something away is left with what the program describes in it",
  async () => {
    await hold("service", "aws_vpc.vpc", "aws_ecs_cluster.cluster");
    await hold("network", "aws_lb.alb", "aws_eip.nat_address");
    await hold("old");
    await moveResources(run, QUIET);
    expect(await deployedStacks(deployment.target)).toEqual([
      { id: "network", addresses: ["aws_eip.nat_address", "aws_vpc.vpc"] },
      { id: "service", addresses: ["aws_ecs_cluster.cluster", "aws_lb.alb"] },
    ]);
    expect(await findMoves(run)).toEqual([]);
  },
  TIMEOUT_MS,
);

test("the stacks that hold something are those whose states say so, whoever made them", async () => {
  await hold("alarms", "aws_sns_topic.alarms");
  await hold("network", "data.aws_region.here");
  await hold("service", "aws_vpc.vpc");
  expect(await deployedStacks(deployment.target)).toEqual([
    { id: "alarms", addresses: ["aws_sns_topic.alarms"] },
    { id: "service", addresses: ["aws_vpc.vpc"] },
  ]);
});
