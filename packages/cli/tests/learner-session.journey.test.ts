import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findLab, type Lab, listLabs, pollUntil } from "@workbook/lab-kit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** A learner at a terminal, from nothing to the last chapter. Each test goes on from where the one before it left the cloud. */
const LONG = 15 * 60_000;
const QUICK = 2 * 60_000;
const workbook = new TestWorkbook({ WORKBOOK_PORT: "0", WORKBOOK_LISTENERS: "ephemeral" });
const labsFolder = join(workbook.root, "labs");
const labs = listLabs(labsFolder);
const last = labs.at(-1)!;
let terminal: TestTerminal;

beforeAll(async () => {
  terminal = await TestTerminal.open({
    columns: 80,
    rows: 24,
    cwd: workbook.root,
    env: workbook.environment,
  });
}, LONG);

afterAll(async () => {
  await terminal.close();
  await workbook.remove();
}, LONG);

/** Types a command, and is surprised where it does not end as it should. */
async function type(command: string, code = 0): Promise<string> {
  const typed = await terminal.type(command, LONG);
  expect(typed.code, typed.text).toBe(code);
  return typed.text;
}

/** The command of a README that begins so; the page has to name it. */
function fromReadme({ directory }: Lab, command: string): string {
  const page = readFileSync(join(directory, "README.md"), "utf8");
  const found = page.match(new RegExp(String.raw`^\./workbook ${command}\b[^#\n]*`, "m"))?.[0];
  expect(found, `${directory}/README.md does not say ./workbook ${command}`).toBeDefined();
  return found!.trim();
}

const inCopy = (lab: Lab, file: string) => join(workbook.state, "workspace", lab.id, file);

describe("a jump into the middle", () => {
  const took: number[] = [];

  test("begins at the first chapter with nothing there", { timeout: LONG }, async () => {
    expect(await type("./workbook")).toContain("./workbook start 01");
    expect(await type("./workbook --json")).toContain('"current": null');
    expect(await type("./workbook start")).toContain("01-images");
  });

  test(
    "deploys what comes before a chapter once, and plans nothing over it",
    { timeout: LONG },
    async () => {
      for (const _turn of ["fresh", "again"]) {
        const since = performance.now();
        await type("./workbook start 7");
        took.push((performance.now() - since) / 1000);
      }
      process.stdout.write(
        `chapter 07 on a fresh cloud: ${took[0]!.toFixed(1)} s; again: ${took[1]!.toFixed(1)} s\n`,
      );
      expect(took[1]).toBeLessThan(took[0]! / 2);
      await type("./workbook plan 7");
      await type("./workbook plan 6 --variant solution");
    },
  );

  test("has its tasks running soon after it goes back", { timeout: LONG }, async () => {
    await type("./workbook start 7");
    const since = performance.now();
    const { met } = await pollUntil(
      async () => {
        const { services } = await workbook.json<{ services: { tasks: { status: string }[] }[] }>([
          "status",
        ]);
        return services.flatMap(({ tasks }) => tasks.map(({ status }) => status));
      },
      (statuses) => statuses.filter((status) => status === "RUNNING").length === 2,
      { deadlineMs: QUICK },
    );
    expect(met).toBe(true);
    process.stdout.write(
      `its tasks run after ${((performance.now() - since) / 1000).toFixed(1)} s\n`,
    );
  });
});

describe.each(labs.filter((id) => id !== last))("chapter %s", (id) => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await findLab(labsFolder, id);
  });

  test("begins, and fails where the learner has to write", { timeout: LONG }, async () => {
    expect(await type(fromReadme(lab, "start"))).toContain(lab.files[0]);
    expect(await type(fromReadme(lab, "check"), 1)).toContain(lab.startFailsAt);
    // The check has asked its question already: the first hint goes on from there.
    expect(await type("./workbook hint")).toMatch(/Question[^]*Look here/);
  });

  test("passes with the solution's files, deployed", { timeout: LONG }, async () => {
    for (const file of lab.files) await type(`cp labs/${id}/solution/${file} ${inCopy(lab, file)}`);
    expect(await type("./workbook diff")).toContain("Nothing that matters differs");
    if (lab.teaches?.moves) {
      // What is there already is not made a second time: the learner is told how to take its state along.
      const refused = await type(fromReadme(lab, "deploy"), 1);
      expect(refused).toContain(`./workbook move-state ${id.slice(0, 2)}`);
      await type(`./workbook move-state ${id.slice(0, 2)}`);
    }
    await type(fromReadme(lab, "deploy"));
    expect(await type(fromReadme(lab, "check"))).toContain(
      `All ${lab.checks.length} checks passed`,
    );
    expect(await type("./workbook")).toContain("✓ ");
  });
});

describe(`chapter ${last}, watched`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await findLab(labsFolder, last);
  });

  test("shows what fails, and a little more of the hint each time", { timeout: LONG }, async () => {
    await type(fromReadme(lab, "start"));
    await terminal.begin("./workbook watch");
    await terminal.waitFor("Expected", LONG);
    await terminal.press("h");
    expect(await terminal.waitFor("Question")).toContain("✗ ");
    await terminal.press("h");
    await terminal.waitFor("Look here");
  });

  test("fits into a narrow window, keys included", { timeout: LONG }, async () => {
    await terminal.resize(50, 24);
    const screen = await terminal.waitFor(/· r\s*\n\s*reset/);
    expect(screen).toContain("✗ ");
    await terminal.resize(80, 24);
    await terminal.waitFor("Look here");
  });

  test(
    "reads what is saved, deploys on Enter, and says that the chapter is passed",
    { timeout: LONG },
    async () => {
      for (const file of lab.files)
        copyFileSync(join(lab.directory, "solution", file), inCopy(lab, file));
      // Where the solution changes nothing that is deployed, Enter checks what runs.
      await terminal.waitFor(/Enter (?:deploys|checks what runs)/, LONG);
      await terminal.press("Enter");
      const screen = await terminal.waitFor(`passed: all ${lab.checks.length} checks`, LONG);
      expect(screen).not.toContain("✗");
    },
  );

  test("gives the terminal back as it was", { timeout: LONG }, async () => {
    await terminal.press("q");
    await terminal.waitFor(/\[\d+:0\]\$ *$/, QUICK);
    expect(await type("stty -a")).toMatch(/[^-]icanon[^]*[^-]echo\b/);
    expect(await type("./workbook")).toContain("You have passed the last chapter.");
  });
});
