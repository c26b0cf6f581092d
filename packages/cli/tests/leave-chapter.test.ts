import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** What becomes of a deployment when a chapter is begun over it. Each test goes on from where the one before it ended. */
const LONG = 5 * 60_000;
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
let terminal: TestTerminal;

beforeAll(async () => {
  const { root: cwd, environment: env } = workbook;
  terminal = await TestTerminal.open({ columns: 80, rows: 40, cwd, env });
  expect((await workbook.run(["start", "1"])).code).toBe(0);
  for (const file of ["Dockerfile", "stack.ts"])
    copyFileSync(
      join(cwd, "labs/01-images/solution", file),
      join(workbook.state, "workspace/01-images", file),
    );
}, LONG);

afterAll(async () => {
  await terminal.close();
  await workbook.remove();
}, LONG);

async function repositories(): Promise<number> {
  const { code, stdout } = await workbook.run([
    "aws",
    "ecr",
    "describe-repositories",
    "--output",
    "json",
  ]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { repositories: unknown[] }).repositories.length;
}

test(
  "a chapter that holds nothing of the learner's is begun again without a word",
  { timeout: LONG },
  async () => {
    const { text, code } = await terminal.type("./workbook start 1", LONG);
    expect(code, text).toBe(0);
    expect(text).not.toMatch(/Local AWS holds|y\/n/);
  },
);

test(
  "at a terminal, a deployment of a chapter that is under way is asked about, and no means no",
  { timeout: LONG },
  async () => {
    const deployed = await workbook.run(["deploy", "1"]);
    expect(deployed.code, deployed.stderr).toBe(0);
    await terminal.begin("./workbook start 1");
    const asked = await terminal.waitFor("Go on? (y/n)", LONG);
    expect(asked).toMatch(/Local AWS holds \d+ resources/);
    await terminal.begin("n");
    expect(await terminal.waitFor(/\[\d+:1\]\$ *$/, LONG)).toContain("Nothing was done.");
    expect(await repositories()).toBe(2);
  },
);

test(
  "without a terminal it is kept as a snapshot, by a name that leads back",
  { timeout: LONG },
  async () => {
    const { code, stderr } = await workbook.run(["start", "1"]);
    expect(code, stderr).toBe(0);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("./workbook cloud restore left-01-images");
    expect(await repositories()).toBe(0);
    expect((await workbook.run(["cloud", "restore", "left-01-images"])).code).toBe(0);
    expect(await repositories()).toBe(2);
  },
);

test("--yes answers the question", { timeout: LONG }, async () => {
  const { text, code } = await terminal.type("./workbook start 1 --yes", LONG);
  expect(code, text).toBe(0);
  expect(text).not.toContain("y/n");
  expect(await repositories()).toBe(0);
});

test("logs of a service that there is not are not told as silence", { timeout: LONG }, async () => {
  expect((await workbook.run(["logs", "foo"])).stderr).toContain(
    "No log lines in the last ten minutes",
  );
  const group = ["logs", "create-log-group", "--log-group-name", "/ecs/node-app-hanako"];
  expect((await workbook.run(["aws", ...group])).code).toBe(0);
  const { code, stderr } = await workbook.run(["logs", "foo"]);
  expect(code).toBe(2);
  expect(stderr).toContain('Nothing called "foo" writes logs: there are node-app.');
  expect(stderr).toContain("Next: ./workbook logs node-app");
});

test("the AWS CLI asks for queues here, whichever its version", { timeout: LONG }, async () => {
  const queue = ["sqs", "create-queue", "--queue-name", "q", "--query", "QueueUrl"];
  const { code, stdout, stderr } = await workbook.run(["aws", ...queue, "--output", "text"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
});

test("a deployment that fails says what comes next", { timeout: LONG }, async () => {
  const taken = ["ecr", "create-repository", "--repository-name", "nodejs-app-hanako"];
  expect((await workbook.run(["aws", ...taken])).code).toBe(0);
  const { code, stderr } = await workbook.run(["deploy", "1"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/RepositoryAlreadyExistsException[^]*\n\nNext: /);
});
