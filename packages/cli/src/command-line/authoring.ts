import { defineCommand, flag, value } from "./define-command.ts";
import { LAB } from "./learning.ts";

/** What those need who write chapters, or work on the workbook itself. */
export const AUTHORING = [
  defineCommand({
    name: "verify",
    group: "workbook",
    summary: [
      "Prove labs both ways: start fails, solution passes, wrong answers are caught",
      "章を両方から証明する: 始まりは不合格、解答は合格、誤りは見つかる",
    ],
    args: { lab: { ...LAB, isRest: true } },
    options: {
      all: flag(["All labs", "すべての章"]),
      shard: value("<part>", ["One part of them, such as 1/4", "その一部。例: 1/4"]),
      lanes: value("<number>", ["How many clouds work side by side", "並べて動かすクラウドの数"]),
    },
    exits: { 1: ["a proof does not hold", "成り立たない証明がある"] },
    run: async (session, { lab }, options) =>
      (await import("../commands/verify.ts")).verifyCommand(session, lab, options),
  }),
  defineCommand({
    name: "new-lab",
    group: "workbook",
    summary: [
      "Make a chapter's folder; pnpm check fails until it is written",
      "章のフォルダーを作る。書き終えるまで pnpm check は失敗する",
    ],
    args: { id: {} },
    run: async (session, { id }) =>
      (await import("../commands/new-lab.ts")).newLabCommand(session, id),
  }),
  defineCommand({
    name: "test",
    group: "workbook",
    summary: [
      "Run all tests, or those whose path contains a name",
      "すべてのテスト、または名前を含むパスのテストを実行する",
    ],
    examples: [
      ["test", ["every test but the journeys", "journey を除くすべてのテスト"]],
      [
        "test infra go-app",
        [
          "those whose path contains a name: a package's, a folder's, a file's",
          "パスにパッケージ、フォルダー、ファイルなどの名前を含むテスト",
        ],
      ],
      [
        "test journey",
        [
          "whole paths through the product, at a terminal: half an hour",
          "端末で製品を通して使うテスト: 30 分ほど",
        ],
      ],
      [
        "test walk",
        [
          "all chapters one after the other in one workspace, in both languages: an hour",
          "1 つのワークスペースで全章を順に、両方の言語で: 1 時間ほど",
        ],
      ],
    ],
    args: { name: { isRest: true } },
    isVerbatim: true,
    exits: { 1: ["a test failed", "失敗したテストがある"] },
    run: async ({ language }, { name }) =>
      (await import("../commands/test.ts")).runTests(name, language),
  }),
];
