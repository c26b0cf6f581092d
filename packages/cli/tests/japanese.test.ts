import columns from "string-width";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestTerminal } from "../src/testing/terminal.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";

/** A learner whose terminal is Japanese: 80 columns, of which most characters take two. */
const LONG = 5 * 60_000;
const COLUMNS = 80;
const workbook = new TestWorkbook({
  WORKBOOK_PORT: "0",
  WORKBOOK_LISTENERS: "ephemeral",
  LANG: "ja_JP.UTF-8",
});
let terminal: TestTerminal;

beforeAll(async () => {
  const { root: cwd, environment: env } = workbook;
  terminal = await TestTerminal.open({ columns: COLUMNS, rows: 40, cwd, env });
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

test(
  "the help is Japanese, and no line of it is wider than the terminal",
  { timeout: LONG },
  async () => {
    const help = await type("./workbook --help");
    expect(help).toMatch(/始める:\n {2}run \[lab\] +\S*デプロイ/);
    const all = await type("./workbook help --all");
    expect(all).toContain("終了コード: 0 完了");
    const command = await type("./workbook cloud --help");
    expect(command).toMatch(/使い方:\n.*操作:\n {2}up +Local AWS を起動.*オプション:\n/s);
    expect(command).toContain("この説明を表示");
    for (const line of `${help}\n${all}\n${command}`.split("\n"))
      expect(columns(line), line).toBeLessThanOrEqual(COLUMNS);
  },
);

test("a mistake is told in Japanese, with what to type then", { timeout: LONG }, async () => {
  const error = await type("./workbook start 99", 2);
  expect(error).toContain('✗ "99" という章はありません。');
  expect(error).toMatch(/^次: \.\/workbook/m);
  expect(await type("WORKBOOK_LANG=en ./workbook start 99", 2)).toContain(
    'There is no chapter "99"',
  );
  expect(await type("WORKBOOK_LANG=fr ./workbook", 2)).toMatch(
    /WORKBOOK_LANG is "fr": .*en .*ja /s,
  );
});

test("the columns of a table stand below each other", { timeout: LONG }, async () => {
  const rows = (await type("./workbook doctor")).split("\n").filter((line) => line.startsWith("✓"));
  const second = rows.map((row) => columns(/^✓ (?:AWS CLI|Local AWS|\S+) +/.exec(row)![0]));
  expect(rows.join("\n")).toContain("プロバイダー");
  expect(new Set(second).size, rows.join("\n")).toBe(1);
});

test(
  "a chapter begins, its check fails and its hint helps, all in Japanese",
  { timeout: LONG },
  async () => {
    const start = await type("./workbook start 1");
    expect(start).toContain("コンテナイメージと ECR");
    expect(start).toContain("次: ここを読んで書いてから");
    const check = await type("./workbook check", 1);
    expect(check).toMatch(/✗ node-app の Dockerfile/);
    expect(check).toMatch(/ {2}期待 +\S*[ぁ-ん]/);
    expect(check).toMatch(/ {2}実際 +Dockerfile: FROM /);
    expect(check).toMatch(/ {2}ヒント +\S*[ぁ-ん]/);
    expect(check).toMatch(/^次: \.\/workbook hint$/m);
    expect(check).not.toMatch(/\b(?:Expected|Seen|Hint|Next|Check)\b/);
    const hint = await type("./workbook hint");
    expect(hint).toContain("調べる所");
    expect(hint).toContain("もう一度実行すると詳しくなります");
  },
);

test("the screen of watch is Japanese", { timeout: LONG }, async () => {
  await terminal.begin("./workbook watch");
  const screen = await terminal.waitFor("Enter デプロイ", LONG);
  expect(screen).toContain("第 01 章  コンテナイメージと ECR");
  await terminal.press("q");
  await terminal.waitFor(/ファイルはそのまま残ります。[^]*次: \.\/workbook/, LONG);
});
