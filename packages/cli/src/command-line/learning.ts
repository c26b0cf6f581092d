import { defineCommand, flag, value, type Value } from "./define-command.ts";

/** What commands that take a chapter take; left out, it is the one that is under way. */
export const LAB = { values: "labs" } as const;

/** Whose files a command takes; left out, the learner's copy. */
export const VARIANT: Value<string> = value(
  "<name>",
  ["solution, start, or the path of a stack.ts", "solution、start、または stack.ts のパス"],
  ["solution", "start"],
);

export const A_CHECK_FAILED = ["a check failed", "チェックが不合格だった"] as const;

/** What a learner uses all day. */
export const LEARNING = [
  defineCommand({
    name: "run",
    group: "begin",
    isEssential: true,
    summary: [
      "Deploy a lab's solution, check it, print its addresses",
      "章の解答をデプロイして確かめ、アドレスを表示する",
    ],
    args: { lab: LAB },
    target: "any",
    exits: { 1: A_CHECK_FAILED },
    run: async (session, { lab }) => (await import("../commands/run.ts")).runCommand(session, lab),
  }),
  defineCommand({
    name: "start",
    group: "begin",
    isEssential: true,
    summary: [
      "Begin a chapter: your files, and the cloud it begins in",
      "章を始める: 自分のファイルと、章の始まりのクラウド",
    ],
    args: { lab: LAB },
    target: "any",
    run: async (session, { lab }) =>
      (await import("../commands/start.ts")).startCommand(session, lab),
  }),
  defineCommand({
    name: "list",
    group: "begin",
    summary: ["List the chapters, and what you have passed", "章と、合格したものを一覧する"],
    run: async (session) => (await import("../commands/where.ts")).listCommand(session),
  }),
  defineCommand({
    name: "watch",
    group: "learn",
    isEssential: true,
    summary: ["Check each time you save; Enter deploys", "保存のたびに確かめる。Enter でデプロイ"],
    args: { lab: LAB },
    target: "any",
    run: async (session, { lab }) =>
      (await import("../commands/watch.ts")).watchCommand(session, lab),
  }),
  defineCommand({
    name: "check",
    group: "learn",
    isEssential: true,
    summary: ["Look at what you wrote, and at what runs", "書いたものと、動いているものを確かめる"],
    args: { lab: LAB },
    options: {
      variant: VARIANT,
      all: flag(["Go on after a check that does not pass", "不合格のチェックがあっても続ける"]),
      junit: value(
        "<file>",
        ["Write a report that CI systems read as well", "CI のシステムが読めるレポートも書く"],
        "files",
      ),
    },
    target: "any",
    exits: { 1: A_CHECK_FAILED },
    run: async (session, { lab }, { variant, all: keepGoing, junit: junitFile }) =>
      (await import("../commands/check.ts")).checkCommand(session, lab, {
        variant,
        keepGoing,
        junitFile,
      }),
  }),
  defineCommand({
    name: "hint",
    group: "learn",
    isEssential: true,
    summary: [
      "Help with the first check that fails; again for more",
      "最初の不合格へのヒント。もう一度で、より詳しく",
    ],
    args: { lab: LAB },
    target: "any",
    run: async (session, { lab }) =>
      (await import("../commands/hint.ts")).hintCommand(session, lab),
  }),
  defineCommand({
    name: "case",
    group: "learn",
    summary: [
      "Begin one of chapter 18's cases: a stack with one fault",
      "第 18 章の事例を始める: 1 か所が壊れたスタック",
    ],
    args: { number: {} },
    target: "any",
    run: async (session, { number }) =>
      (await import("../commands/case.ts")).caseCommand(session, number),
  }),
  defineCommand({
    name: "diff",
    group: "learn",
    summary: ["Compare your files with the solution", "自分のファイルを解答と比べる"],
    args: { lab: LAB },
    run: async (session, { lab }) =>
      (await import("../commands/diff.ts")).diffCommand(session, lab),
  }),
  defineCommand({
    name: "solution",
    group: "learn",
    summary: [
      "Show the answer, after success or when asked twice",
      "解答を見せる (合格のあと、または 2 回目に)",
    ],
    args: { lab: LAB },
    run: async (session, { lab }) =>
      (await import("../commands/solution.ts")).solutionCommand(session, lab),
  }),
  defineCommand({
    name: "reset",
    group: "learn",
    summary: [
      "Go back to where the chapter begins; yours is saved",
      "章の始まりに戻す。自分のファイルは保存される",
    ],
    args: { lab: LAB },
    target: "any",
    run: async (session, { lab }) =>
      (await import("../commands/reset.ts")).resetCommand(session, lab),
  }),
  defineCommand({
    name: "saved",
    group: "learn",
    summary: [
      "List what was saved of yours, or restore it",
      "保存された自分のファイルを一覧する、または戻す",
    ],
    args: {
      action: {
        actions: [
          {
            name: "list",
            does: [
              "List what was saved of yours, the newest first; the same without an action",
              "保存された自分のファイルを新しい順に一覧する (省いても同じ)",
            ],
          },
          {
            name: "restore",
            needs: "NAME",
            does: [
              "Put a saved copy back; what is there is saved first",
              "保存したものを戻す。いまあるものは先に保存される",
            ],
          },
        ],
      },
      name: {},
    },
    run: async (session, { action, name }) =>
      (await import("../commands/saved.ts")).savedCommand(session, action, name),
  }),
];
