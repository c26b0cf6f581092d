import { UserError } from "@workbook/toolchain";
import { flag, oneOf, type Command, type Option } from "./define-command.ts";

/** What every command takes; `target` and `yes` mean something to those that can act on AWS alone. */
export const GLOBAL_OPTIONS = {
  json: flag([
    "Machine output: one JSON value on standard output",
    "機械向けの出力: 標準出力に JSON の値を 1 つ書く",
  ]),
  target: oneOf(
    "<name>",
    ["local", "aws"],
    [
      "local (the default) or aws: your own account, after a question",
      "local (既定) または aws: 自分のアカウント (確認のうえで)",
    ],
    (given) =>
      new UserError(
        [
          `--target takes local or aws, not ${given}.`,
          `--target には local か aws を指定します。${given} は使えません。`,
        ],
        { code: "USAGE", next: "./workbook help --all", exitCode: 2 },
      ),
  ),
  yes: flag(["Answer questions with yes", "確認の質問に「はい」と答える"]),
  help: flag(["Display this message", "この説明を表示する"], "h"),
};

/** All options that mean something to a command, its own first; none where they are another program's. */
export function optionsOf(command: Command): readonly (readonly [name: string, option: Option])[] {
  if (command.isVerbatim) return [];
  const { json, target, yes, help } = GLOBAL_OPTIONS;
  return Object.entries<Option>({
    ...command.options,
    json,
    ...(command.isOnAws && { target, yes }),
    help,
  });
}
