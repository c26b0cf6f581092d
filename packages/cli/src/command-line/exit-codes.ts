import { both, list, type Words } from "@workbook/toolchain";
import { COMMANDS } from "./commands.ts";

/** What a command's exit code means. */
export interface ExitCode {
  readonly code: number;
  /** In a few words. */
  readonly short: Words;
  /** Whole, with what it means to which command. */
  readonly meaning: Words;
}

const STOP = [".", "。"] as const;

/** Every exit code. */
export const EXIT_CODES: readonly ExitCode[] = [
  {
    code: 0,
    short: ["done", "完了"],
    meaning: ["Done, or nothing to do.", "完了した。または、することがなかった。"],
  },
  {
    code: 1,
    short: ["a check failed or something would change", "不合格または変更あり"],
    meaning: both`${["The command failed, or what it looked for is so", "コマンドが失敗した。または、調べた結果が次のとおりだった"]}: ${forCommands(1)}${STOP}`,
  },
  {
    code: 2,
    short: ["usage", "使い方の誤り"],
    meaning: ["The command was not understood.", "コマンドを解釈できなかった。"],
  },
  {
    code: 3,
    short: [
      "the machine is not ready (and what to do about it)",
      "マシンの準備ができていない (対処も示します)",
    ],
    meaning: both`${["The machine is not ready; the message says what to do about it", "マシンの準備ができていない。対処はメッセージに示される"]}: ${forCommands(3)}${STOP}`,
  },
  {
    code: 130,
    short: ["interrupted", "中断"],
    meaning: [
      "Interrupted, by Ctrl-C or a signal; the same command goes on from there.",
      "Ctrl-C かシグナルで中断した。同じコマンドでそこから続く。",
    ],
  },
];

/** What a code means to the commands to which it means something of its own. */
function forCommands(code: 1 | 3): Words {
  const meanings = new Map<Words, string[]>();
  for (const { name, exits } of COMMANDS) {
    const meaning = exits[code];
    if (meaning) meanings.set(meaning, [...(meanings.get(meaning) ?? []), name]);
  }
  const each = [...meanings].map(
    ([meaning, names]) => both`${meaning} (${names.map((name) => `\`${name}\``).join(", ")})`,
  );
  return list(each, ["; ", "、"]);
}
