import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadLab, type Lab } from "../load-lab.ts";
import { runSynthChecks } from "../synth-checks.ts";
import { synthesiseIn, type SynthesiseOptions } from "../synth.ts";
import type { CheckReportEntry } from "../run-checks.ts";
import { NODE_APP } from "../web-app.ts";
import { before, COMPILER_MISTAKES, type Mistake } from "./beginners-errors.cases.ts";
import { LIST_MISTAKES, TOKEN_MISTAKES } from "./beginners-errors.more.cases.ts";
import { RUN_MISTAKES } from "./beginners-errors.run.cases.ts";
import { readProgram } from "./read-program.ts";
import { SynthProcess } from "./synth-process.ts";
import { TypeChecker } from "./type-checker.ts";

const LAB = join(import.meta.dirname, "../../../../labs/05-service");
const RIGHT = readFileSync(join(import.meta.dirname, "beginners-errors.stack.txt"), "utf8");
const settings = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };

/** What looks odd and is right. */
const FINE: Readonly<Record<string, Mistake>> = {
  "the program as it is": [["ServiceStack", "ServiceStack"]],
  "a timer": before("export class Im", "setInterval(() => {}, 1000);\n"),
  "something to read": before("    const cluster", '    console.log("hello");\n'),
  "a name with a space": [['new Subnet(this, "subnet"', 'new Subnet(this, "my subnet"']],
  "a resource without properties": [['{ cidrBlock: "10.0.0.0/16" }', "{}"]],
  "a parameter without a type": before(
    "    const cluster",
    "    const tag = (name) => ({ Name: name });\n    tag(vpc.id);\n",
  ),
  "a list that cannot change": [["[subnet.id]", "[subnet.id] as const"]],
  "a reference in backticks": [["task.arn", "`${task.arn}`"]],
  "a variable of the shell, escaped": [
    ["essential: true", 'essential: true, command: ["echo", "$${HOME}"]'],
  ],
};

let folder: string;
let lab: Lab;
let checker: TypeChecker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beginners-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  symlinkSync(join(LAB, "../node_modules"), join(folder, "node_modules"), "dir");
  lab = await loadLab(LAB);
  checker = new TypeChecker();
});

afterAll(async () => {
  await checker.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What comes of the first check where a learner has made the mistake. */
async function check(name: string, mistake: Mistake): Promise<CheckReportEntry> {
  const directory = join(folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(directory);
  let source = RIGHT;
  for (const [right, wrong] of mistake) {
    expect(source).toContain(right);
    source = source.replace(right, () => wrong);
  }
  writeFileSync(join(directory, "stack.ts"), source);
  writeFileSync(join(directory, "helper.ts"), "export const helper = () => {};\n");
  const variant = join(directory, "stack.ts");
  const synthesise = (outDirectory: string) => {
    const options: SynthesiseOptions = {
      labDirectory: LAB,
      variant,
      settings,
      images: [{ app: NODE_APP, image: "registry.example/nodejs-app-hanako:v1" }],
      outDirectory,
      // A loop goes on for ever; nothing else does.
      ...(name.includes("loop") && { patienceMs: 10_000 }),
    };
    return readProgram(
      variant,
      (signal) => synthesiseIn(new SynthProcess(LAB, false), options, signal),
      checker,
    );
  };
  const { checks } = await runSynthChecks({ lab, settings, scratch: folder, synthesise });
  return checks[0]!;
}

const KINDS = {
  ...COMPILER_MISTAKES,
  ...RUN_MISTAKES,
  lists: LIST_MISTAKES,
  tokens: TOKEN_MISTAKES,
};

describe.each(Object.entries(KINDS))("mistakes with %s", (kind, mistakes) => {
  test("are told like a person would, in both languages", async () => {
    const told: string[] = [];
    for (const [name, mistake] of Object.entries(mistakes)) {
      const { id, status, actual } = await check(name, mistake);
      expect({ name, id, status }).toEqual({ name, id: "stack-can-be-read", status: "failed" });
      told.push(`# ${name}\n\n${actual!.en}\n\n${actual!.ja}\n`);
    }
    await expect(told.join("\n")).toMatchFileSnapshot(`golden/${kind}.txt`);
  }, 240_000);
});

test.each(Object.entries(FINE))("%s is no mistake", async (name, change) => {
  expect(await check(name, change)).toMatchObject({ status: "passed" });
});
