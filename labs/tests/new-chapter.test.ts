import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { listLabs, loadLab } from "@workbook/lab-kit";
import { afterAll, beforeAll, expect, test } from "vitest";

import { copyClone } from "../../scripts/copy-clone.ts";

const MINUTES = 60_000;
/** After the last chapter that there is. */
const LAST = listLabs(join(import.meta.dirname, "..")).at(-1)!;
const ID = `${String(Number(LAST.slice(0, 2)) + 1).padStart(2, "0")}-toy`;
/** Where something is to be written; in pieces, so that it does not stand here. */
const OPEN = ["TO", "DO"].join("");
let scratch: string;
let clone: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "new-chapter-"));
  clone = join(scratch, "ecs-workbook");
  copyClone(clone);
  git("init", "--quiet");
  // A link here, where a clone has a folder.
  writeFileSync(join(clone, ".git/info/exclude"), "node_modules\n");
  git("add", "--all");
  git(
    "-c",
    "user.name=test",
    "-c",
    "user.email=test@example.com",
    "commit",
    "--quiet",
    "-m",
    "all",
  );
}, MINUTES);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: clone, encoding: "utf8", maxBuffer: 1 << 28 });
}

/** Runs a shell's line in the copy. @returns its exit code, and what it has printed */
function run(line: string): Promise<{ readonly code: number; readonly said: string }> {
  const path = [join(clone, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"]];
  const env = { ...process.env, PATH: path.join(delimiter), NO_COLOR: "1", FORCE_COLOR: undefined };
  return new Promise((resolve) => {
    execFile("sh", ["-c", line], { cwd: clone, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}

/** Whether a check passes where the chapter is not there: what a clone fails by itself is not the chapter's. */
async function passesWithout(line: string): Promise<boolean> {
  const [folder, away] = [join(clone, "labs", ID), join(scratch, "away")];
  renameSync(folder, away);
  try {
    return (await run(line)).code === 0;
  } finally {
    renameSync(away, folder);
  }
}

/** What `pnpm check` runs, but for the shell scripts, which a chapter has none of. */
function checks(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  return Object.keys(scripts)
    .filter((name) => name.startsWith("check:") && name !== "check:shell")
    .map((name) => scripts[name]!);
}

function change(file: string, edit: (text: string) => string): void {
  const path = join(clone, "labs", ID, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, edit(existsSync(path) ? readFileSync(path, "utf8") : ""));
}

/** What the toy teaches: a log group of its own. */
const SOLUTION = `
    // #region toy
    new LogGroup(this, "toy_logs", { name: settings.named("toy") });
    // #endregion toy
`;

const CHECK = `import { defineCheck, failed, hint, passed, type Check } from "@workbook/lab-kit";
import { text } from "@workbook/toolchain";

/** The toy has a log group of its own. */
export function hasToyLogs(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(["A log group of the toy's", "おもちゃのロググループ"]),
    faults: {
      missing: hint(
        ["Where does the toy write?", "おもちゃはどこに書きますか。"],
        ["Use LogGroup.", "LogGroup を使います。"],
        'new LogGroup(this, "toy_logs", { name: settings.named("toy") });',
      ),
    },
    run({ owner, synth }) {
      const groups = synth.all("aws_cloudwatch_log_group");
      const isThere = groups.some(({ attributes }) => attributes["name"] === \`toy-\${owner}\`);
      const expected = [\`a log group toy-\${owner}\`, \`ロググループ toy-\${owner}\`] as const;
      const actual = [\`\${groups.length} log groups\`, \`ロググループ \${groups.length} 個\`] as const;
      return isThere ? passed(expected, actual) : failed("missing", expected, actual);
    },
  });
}
`;

const CHECKS = `import { defineChecks, keepsWhatIsThere } from "@workbook/lab-kit";
import { hasToyLogs } from "./checks/toy-logs.ts";

/** What the toy writes, and what Terraform would do. */
export const checks = defineChecks([hasToyLogs("toy-logs"), keepsWhatIsThere("plan-keeps")]);
`;

const MUTATIONS = `import { defineMutations } from "@workbook/lab-kit";

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "another-name",
    file: "stack.ts",
    replace: 'settings.named("toy")',
    by: '"toy"',
    caughtBy: "toy-logs",
    fault: "missing",
  },
]);
`;

const PICTURE = `import { definePicture } from "@workbook/lab-kit";

export const picture = definePicture(["A toy logs what it does.", "おもちゃがログを書きます。"], []);
`;

const TEACHING = `import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [[["May I keep the toy?", "おもちゃをもらえますか"], ["Yes.", "はい。"]]],
  breaks: [],
});
`;

const QUIZ = `quiz:
  - question: Toys?
    answers:
      - text: "Yes"
        why: Toys.
        right: true
      - text: "No"
        why: Toys.
`;

/** Writes a chapter into the folder that `new-lab` has made. */
function fillIn(): void {
  change("lab.ts", (text) =>
    text
      .replace(
        `{ en: "${OPEN}", ja: "${OPEN}" }`,
        '{ en: "A toy of its own", ja: "自分のおもちゃ" }',
      )
      .replace(`{ en: "${OPEN}", ja: "${OPEN}" }`, '{ en: "Let it log.", ja: "ログを書きます。" }')
      .replace(`startFailsAt: "${OPEN}"`, 'startFailsAt: "toy-logs"')
      .replace("adds: []", 'adds: ["aws_cloudwatch_log_group"]')
      .replace("minutes: 1", "minutes: 7")
      .replaceAll(/ {2}\/\/ .*\n/g, ""),
  );
  change("solution/stack.ts", (text) =>
    text.replace(/(super\(scope, "service", settings\);\n)/, `$1${SOLUTION.slice(1)}`),
  );
  const files = {
    "checks/toy-logs": CHECK,
    checks: CHECKS,
    mutations: MUTATIONS,
    picture: PICTURE,
  };
  for (const [name, text] of Object.entries({ ...files, teaching: TEACHING }))
    change(`${name}.ts`, () => text);
  const write = (words: string) => (text: string) =>
    text.replaceAll(OPEN, words).replace("quiz: []\n", QUIZ);
  change("page.md", write("Toys."));
  change("ja/page.md", write("おもちゃです。"));
  change("measured-times.json", () => `{\n  "labs/${ID}.md": 60\n}\n`);
}

test(
  "a folder that new-lab makes is loaded and listed, and fails pnpm check wherever it is open",
  { timeout: 2 * MINUTES },
  async () => {
    expect(await run(`node packages/cli/src/main.ts new-lab ${ID}`)).toMatchObject({ code: 0 });
    expect(listLabs(join(clone, "labs")).at(-1)).toBe(ID);
    const { said, code } = await run("node scripts/check-policy.ts");
    expect(code).toBe(1);
    for (const file of ["lab.ts", "checks.ts", "mutations.ts", "page.md", "ja/page.md"])
      expect(said).toMatch(new RegExp(`^labs/${ID}/${file}:\\d+ no-unfinished-work`, "m"));
  },
);

test(
  "a chapter that is filled in passes all checks and proves itself, and nothing else was touched",
  { timeout: 10 * MINUTES },
  async () => {
    fillIn();
    expect(await run(`node scripts/generate-labs.ts && oxfmt labs/${ID}`)).toMatchObject({
      code: 0,
    });
    const recorded = await run(`node docs/scripts/check-translations.ts --record labs/${ID}`);
    expect(recorded).toMatchObject({ code: 0 });
    const failures: string[] = [];
    for (const line of checks()) {
      const { code, said } = await run(line);
      if (code !== 0 && (said.includes(ID) || (await passesWithout(line))))
        failures.push(`${line}\n${said}`);
    }
    expect(failures).toEqual([]);
    const proof = await run(`vitest run labs/${ID}`);
    expect(proof.said).toMatch(/Tests +6 passed/);
    const lab = await loadLab(join(clone, "labs", ID));
    expect(lab.checks.map(({ id }) => id)).toEqual(["stack-can-be-read", "toy-logs", "plan-keeps"]);
    const touched = git("status", "--porcelain", "--untracked-files=all")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(3));
    expect(touched.length).toBeGreaterThan(10);
    expect(touched.filter((file) => !file.startsWith(`labs/${ID}/`))).toEqual([]);
  },
);

test("its pages, its picture and its rows are on the site", { timeout: 5 * MINUTES }, async () => {
  const out = join(scratch, "site");
  const built = await run(`docs/node_modules/.bin/vitepress build docs --outDir ${out}`);
  expect(built).toMatchObject({ code: 0 });
  const page = (name: string) => readFileSync(join(out, name), "utf8");
  expect(page(`labs/${ID}.html`)).toContain("Toys.");
  expect(page(`ja/labs/${ID}.html`)).toContain("おもちゃです。");
  expect(page(`labs/${ID}.html`)).toContain("A toy logs what it does.");
  expect(page("labs/index.html")).toContain("A toy of its own");
  expect(page("instructors.html")).toContain("May I keep the toy?");
  expect(page("ja/instructors.html")).toContain("おもちゃをもらえますか");
  expect(page("reference/checks.html")).toContain("toy-logs");
  expect(page("reference/index.html")).toContain(`/labs/${ID}`);
});
