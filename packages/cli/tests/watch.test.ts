import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { pollUntil } from "@workbook/lab-kit";
import { findTerraform } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/**
 * A learner whose Terraform takes its time: while a file called `slow` is there, a plan or an apply that begins does not
 * end by itself. What acts at once then waits for neither. Each test goes on from where the one before it ended.
 */
const LONG = 5 * 60_000;
const folder = mkdtempSync(join(tmpdir(), "slow-terraform-"));
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
const copy = join(workbook.state, "workspace/01-images");
const solution = join(workbook.root, "labs/01-images/solution");
const PROMPT = /\[\d+:(\d+)\]\$ *$/;
let terminal: TestTerminal;

beforeAll(async () => {
  const { path } = await findTerraform();
  const program = join(folder, "terraform");
  writeFileSync(
    program,
    `#!/bin/sh
case $1 in plan | apply)
  if [ -e '${folder}/slow' ]; then
    touch '${folder}/began'
    trap 'exit 1' INT
    sleep 3600 & wait
  fi ;;
esac
exec '${path}' "$@"
`,
  );
  chmodSync(program, 0o755);
  terminal = await TestTerminal.open({
    columns: 80,
    rows: 24,
    cwd: workbook.root,
    env: { ...workbook.environment, PATH: `${folder}:${process.env["PATH"]}` },
  });
  await terminal.type("./workbook start 1", LONG);
  for (const file of ["Dockerfile", "stack.ts"])
    copyFileSync(join(solution, file), join(copy, file));
}, LONG);

afterAll(async () => {
  await terminal.close();
  await workbook.remove();
  rmSync(folder, { recursive: true, force: true });
}, LONG);

/** Waits until a Terraform that takes its time has begun, and lets those that follow be quick again. */
async function slowTerraformBegan(): Promise<void> {
  const began = join(folder, "began");
  const { met } = await pollUntil(async () => existsSync(began), Boolean, { deadlineMs: LONG });
  expect(met, await terminal.screen()).toBe(true);
  rmSync(began);
  rmSync(join(folder, "slow"));
}

/** The next plan or apply takes its time; the cloud is another one, so that Terraform is asked of it. */
async function beSlow(): Promise<void> {
  writeFileSync(join(folder, "slow"), "");
  const { export: env } = await workbook.json<{ export: Record<string, string> }>(["env"]);
  const logs = new CloudWatchLogs({
    endpoint: env["AWS_ENDPOINT_URL"]!,
    region: env["AWS_REGION"]!,
    credentials: {
      accessKeyId: env["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: env["AWS_SECRET_ACCESS_KEY"]!,
    },
  });
  await logs.createLogGroup({ logGroupName: `/touched/${performance.now()}` });
  logs.destroy();
}

/** Saves the file with another comment in it, which changes nothing of the stack. */
function save(comment: string): void {
  const source = readFileSync(join(solution, "stack.ts"), "utf8");
  writeFileSync(join(copy, "stack.ts"), `${source}// ${comment}\n`);
}

test("Enter does not wait for the plan that watch makes itself", { timeout: LONG }, async () => {
  await beSlow();
  await terminal.begin("./workbook watch");
  const planning = await terminal.waitFor("comparing with the cloud", LONG);
  expect(planning).not.toContain("when the files are right");
  await slowTerraformBegan();
  await terminal.press("Enter");
  await terminal.waitFor(/Chapter 01 passed: all \d+ checks/, LONG);
});

test(
  "a page is left by q, and keeps nothing of itself on the screen",
  { timeout: LONG },
  async () => {
    await terminal.press("s");
    await terminal.waitFor("── labs/01-images/solution/Dockerfile");
    const first = await terminal.waitFor(/1–\d+ of \d+ · Space further/);
    await terminal.press("Space");
    expect(await terminal.waitFor(/\n(?!1–)\d+–\d+ of \d+/)).not.toBe(first);
    await terminal.press("q");
    await terminal.waitFor("Enter deploy");
    save("mine");
    await terminal.press("d");
    await terminal.waitFor("q to your chapter");
    await terminal.press("q");
    await terminal.waitFor("Enter deploy");
  },
);

test("Ctrl-C stops a deployment, and watching goes on", { timeout: LONG }, async () => {
  await terminal.waitFor("nothing would change", LONG);
  await beSlow();
  await terminal.press("Enter");
  await slowTerraformBegan();
  await terminal.press("xyz");
  await terminal.press("C-c");
  const screen = await terminal.waitFor("Stopped. What was made so far stays", LONG);
  expect(screen).toContain("q quit");
  expect(screen).not.toMatch(/✗|xyz/);
});

test(
  "q leaves at once while a plan is under way, and the screen is as it was",
  { timeout: LONG },
  async () => {
    await terminal.waitFor("nothing would change", LONG);
    await beSlow();
    save("another");
    await slowTerraformBegan();
    await terminal.press("q");
    await terminal.waitFor(PROMPT, LONG);
    const { text } = await terminal.type("stty -a", LONG);
    expect(text).toMatch(/[^-]icanon[^]*[^-]echo\b/);
  },
);

test(
  "what was printed on the way tells of no failure and of nobody else's command",
  { timeout: LONG },
  async () => {
    await terminal.begin("./workbook watch");
    await terminal.waitFor("nothing would change", LONG);
    await terminal.press("q");
    const text = await terminal.waitFor(PROMPT, LONG);
    expect(text).not.toMatch(/✗|Another command|── labs/);
  },
);

test(
  "Ctrl-C is answered with a line where there is a spinner, and blames no step",
  { timeout: LONG },
  async () => {
    save("a third");
    await terminal.type("./workbook destroy", LONG);
    await beSlow();
    await terminal.begin("./workbook deploy");
    await slowTerraformBegan();
    await terminal.press("C-c");
    const text = await terminal.waitFor(PROMPT, LONG);
    expect(PROMPT.exec(text)?.[1]).toBe("130");
    expect(text).toContain("Stopping in good order… (once more: leave at once)");
    expect(text).toMatch(/· Terraform: images {2}interrupted/);
    expect(text).toContain("Interrupted. The same command goes on from here.");
    expect(text).not.toContain("✗");
  },
);
