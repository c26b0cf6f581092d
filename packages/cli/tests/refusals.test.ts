import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { listLabs } from "@workbook/lab-kit";
import { afterAll, expect, test } from "vitest";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** What is refused before anything is fetched, started or changed. */
const LONG = 60_000;
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0" });
afterAll(() => workbook.remove(), LONG);

test.each(["deploy", "plan", "check", "hint", "reset", "watch", "diff"])(
  "%s of a chapter that was not begun says how to begin it",
  async (command) => {
    const { code, stderr } = await workbook.run([command, "3"]);
    expect(code).toBe(2);
    expect(stderr).toContain("✗ Chapter 03 has not been begun: there are no files of yours.");
    expect(stderr).toContain("Next: ./workbook start 03");
    expect(stderr).not.toContain("Tools");
  },
  LONG,
);

test(
  "no hint for a case before a hypothesis was written down",
  async () => {
    const lab = join(workbook.root, "labs/18-trouble");
    const copy = join(workbook.state, "workspace/18-trouble");
    mkdirSync(copy, { recursive: true });
    copyFileSync(join(lab, "solution/stack.ts"), join(copy, "stack.ts"));
    copyFileSync(join(lab, "start/notebook.ts"), join(copy, "notebook.ts"));
    const { code, stderr } = await workbook.run(["hint", "18"]);
    expect(code).toBe(1);
    expect(stderr).toContain("There is no hint for case 12 yet");
    expect(stderr).toContain("Next: ./workbook check 18");
    const unknown = await workbook.run(["case", "13"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("There is no case 13: they go from 1 to 12.");
  },
  LONG,
);

test.each([
  [["strat"], 'There is no command "strat". Did you mean start?', "./workbook start"],
  [["kubectl"], 'There is no command "kubectl".', "./workbook help"],
  [["cloud"], '"cloud" needs an action: up, down, status', "./workbook help cloud"],
  [["cloud", "dwon"], "Did you mean down?", "./workbook cloud down"],
  [["saved", "lst"], "Did you mean list?", "./workbook saved list"],
  [
    ["start", "loadbalancer"],
    "Did you mean 07-load-balancer?",
    "./workbook start 07-load-balancer",
  ],
  [["start", "07-load"], "Did you mean 07-load-balancer?", "./workbook start 07-load-balancer"],
  [
    ["deploy", "1", "--varient", "x"],
    '"deploy" takes no --varient. Did you mean --variant?',
    "./workbook help deploy",
  ],
  [["deploy", "1", "--varient", "x"], "--variant <name>", "./workbook help deploy"],
  [["help", "strat"], "Did you mean start?", "./workbook start"],
  [["new-lab"], "A chapter is called like ", "./workbook new-lab NN-sidecar"],
  [
    ["new-lab", "08-other"],
    "a chapter 08 already: 08-two-services",
    "./workbook new-lab NN-sidecar",
  ],
] as const)(
  "%j is refused with what may have been meant",
  async (args, said, next) => {
    const { code, stderr } = await workbook.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(stderr.replace(/\d\d-sidecar\n/, "NN-sidecar\n")).toContain(`Next: ${next}\n`);
  },
  LONG,
);

test(
  "help, help of a command, all of it and the version are answered",
  async () => {
    const help = await workbook.run(["help"]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect((await workbook.run(["--help"])).stdout).toBe(help.stdout);
    expect((await workbook.run(["help", "deploy"])).stdout).toBe(
      (await workbook.run(["deploy", "--help"])).stdout,
    );
    expect((await workbook.run(["help", "--all"])).stdout).toContain("Exit codes: 0 done");
    for (const args of [["version"], ["--version"]])
      expect((await workbook.run(args)).stdout).toMatch(
        /^ECS Workbook \d+\.\d+\.\d+, Node\.js \d+/,
      );
  },
  LONG,
);

test(
  "list names the chapters",
  async () => {
    const chapters = await workbook.json<{ id: string; status: string }[]>(["list"]);
    expect(chapters.map(({ id }) => id)).toEqual(listLabs(join(workbook.root, "labs")));
    expect((await workbook.run(["list"])).stdout).toMatch(/^ {3}01 {2}/m);
  },
  LONG,
);
