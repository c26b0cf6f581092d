import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CheckRun } from "../src/deploy/check-run.ts";
import { LabRun } from "../src/deploy/lab-run.ts";
import { QUIET } from "../src/deploy/reporter.ts";
import type { Deployment } from "../src/deploy/stack.ts";
import { copyLab } from "../src/lab-copy.ts";
import type { Lab } from "../src/load-lab.ts";
import { loadLab } from "../src/load-lab.ts";
import type { KeptLane } from "../src/terraform/kept-lane.ts";
import { startTestCloud, type TestCloud } from "../src/testing/test-cloud.ts";
import { testDeployment } from "../src/testing/test-deployment.ts";

const root = join(import.meta.dirname, "../../..");
const REPOSITORY = "nodejs-app-hanako";
const TIMEOUT_MS = 180_000;

let cloud: TestCloud;
let lab: Lab;
let folder: string;
let deployment: Deployment;
let lane: KeptLane;
const complaints: string[] = [];

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  lab = await loadLab(join(root, "labs/01-images"));
  folder = await mkdtemp(join(tmpdir(), "lab-run-"));
  const own = { root, lab, state: folder, tell: (line: string) => void complaints.push(line) };
  const made = await testDeployment(cloud, own);
  ({ lane } = made);
  const revision = async () => {
    const response = await fetch(`${cloud.endpoint}/_local/revision`);
    return ((await response.json()) as { revision: string }).revision;
  };
  const { deployment: plain } = made;
  deployment = { ...plain, target: { ...plain.target, revision } };
});

afterAll(async () => {
  await lane.close();
  await cloud.stop();
  // A build that was given up takes its files away itself, a moment later.
  const scratch = join(folder, "cache/work");
  await vi.waitFor(() => expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]), {
    timeout: 120_000,
    interval: 20,
  });
  await rm(folder, { recursive: true, force: true });
});

/** What a command of its own sees. */
const run = (variant = "solution") => new LabRun({ ...deployment, variant }, []);

test(
  "a stack that was applied is asked once more, and then not until something changes",
  async () => {
    const applied = await run().apply("images");
    expect(applied).toMatchObject({ isKnown: false, changes: { add: 4, change: 0, remove: 0 } });
    expect(await run().plan("images")).toMatchObject({ isKnown: false, changes: { add: 0 } });
    const known = await run().plan("images");
    expect(known).toMatchObject({ isKnown: true, changes: { add: 0, change: 0, remove: 0 } });
    expect(known.outputs).toEqual(applied.outputs);
    expect(await run().apply("images")).toMatchObject({ isKnown: true, outputs: applied.outputs });
  },
  TIMEOUT_MS,
);

test(
  "what somebody changed beside Terraform is seen at once",
  async () => {
    await cloud.aws.ecr.deleteLifecyclePolicy({ repositoryName: REPOSITORY });
    expect(await run().plan("images")).toMatchObject({ isKnown: false, changes: { add: 1 } });
    // The same question has the same answer, and applying it is no longer nothing.
    expect(await run().plan("images")).toMatchObject({ isKnown: true, changes: { add: 1 } });
    expect(await run().apply("images")).toMatchObject({ isKnown: false, changes: { add: 1 } });
  },
  TIMEOUT_MS,
);

test(
  "what the learner has changed in the code is seen at once",
  async () => {
    const settled = await run().plan("images");
    expect(settled.changes).toEqual({ add: 0, change: 0, remove: 0 });
    const variant = await copyLab(lab, "solution", join(folder, "changed"));
    const text = await readFile(variant, "utf8");
    await writeFile(variant, text.replace('"IMMUTABLE"', '"MUTABLE"'));
    expect(await run(variant).plan("images")).toMatchObject({
      isKnown: false,
      changes: { change: 1 },
    });
  },
  TIMEOUT_MS,
);

test(
  "what is wrong with the program is told by its check, and images that are built for it are given up",
  async () => {
    const variant = await copyLab(lab, "solution", join(folder, "wrong"));
    await writeFile(variant, (await readFile(variant, "utf8")).replace('"IMMUTABLE"', "5"));
    const both = { ...lab, stacks: ["images", "service"] } as const;
    const wrong = new LabRun({ ...deployment, lab: both, variant });
    const report = await new CheckRun(wrong, { reporter: QUIET }).start();
    expect(report.checks[0]).toMatchObject({ id: "stack-can-be-read", status: "failed" });
    expect(wrong.isBuilt).toBe(false);
  },
  TIMEOUT_MS,
);

test("all of that went through one kept provider", () => {
  expect(complaints).toEqual([]);
});
