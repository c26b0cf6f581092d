import { text, type Text } from "@workbook/toolchain";
import type { Check, CheckResult } from "../check.ts";
import { hint } from "../hint.ts";
import { describeProblems } from "./problem.ts";

const TITLE = text(["stack.ts can be read", "stack.ts を読み取れる"]);
const EXPECTED = text([
  "a program that TypeScript and Node understand",
  "TypeScript と Node に理解できるプログラム",
]);
const RIGHT = text(["nothing is wrong with it", "問題は見つかりません"]);

/**
 * The first check of every lab: whether there is a program at all. It fails alone, because what it finds says nothing of
 * the others.
 */
export const stackCanBeRead: Check<"synth"> = {
  id: "stack-can-be-read",
  tier: "synth",
  title: TITLE,
  endsNothing: true,
  faults: {
    wrong: hint(
      ["What is said of the line that is named?", "示されている行について、何と書かれていますか。"],
      [
        "Every sentence names a file and a line, and shows the line. Begin with the first: the others often come of it.",
        "どの文にもファイル名と行番号があり、その行が示されています。最初のものから直してください。ほかはその影響であることがよくあります。",
      ],
      "./workbook watch",
    ),
  },
  run: ({ synth }) =>
    synth.problems.length === 0
      ? { passed: true, expected: EXPECTED, actual: RIGHT }
      : wrong(describeProblems(synth.problems)),
  withoutProgram: ({ said }) => wrong(said),
};

function wrong(actual: Text): CheckResult {
  return { passed: false, expected: EXPECTED, actual, fault: "wrong" };
}
