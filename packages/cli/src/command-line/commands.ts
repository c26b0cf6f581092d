import { UserError } from "@workbook/toolchain";
import { AUTHORING } from "./authoring.ts";
import type { Command } from "./define-command.ts";
import { DEPLOYING } from "./deploying.ts";
import { LEARNING } from "./learning.ts";
import { LOOKING } from "./looking.ts";
import { WORKBOOK } from "./workbook.ts";

/** Every command. */
export const COMMANDS: readonly Command[] = [
  ...LEARNING,
  ...DEPLOYING,
  ...LOOKING,
  ...WORKBOOK,
  ...AUTHORING,
];

/** The command of that name. */
export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}

/** What to type for a command on the same target: `deploy 08` is `./workbook deploy 08`, on AWS `./workbook deploy 08 --target aws`. */
export function onTarget(
  { target }: { readonly target: { readonly name: "local" | "aws" } },
  line: string,
): string {
  const isOnAws = target.name === "aws" && findCommand(line.split(" ", 1)[0]!)?.isOnAws === true;
  return `./workbook ${line}${isOnAws ? " --target aws" : ""}`;
}

/** @throws {UserError} where a command that is about this machine alone is given `--target aws` */
export function requireTarget({ name, isOnAws }: Command, target: "local" | "aws"): void {
  if (target === "local" || isOnAws) return;
  throw new UserError(
    [
      `"${name}" takes no --target aws: it is about Local AWS and your files on this machine.`,
      `${name} に --target aws は使えません。Local AWS とこのマシンのファイルのためのコマンドです。`,
    ],
    { code: "TARGET_NOT_SUPPORTED", next: `./workbook ${name} --help`, exitCode: 2 },
  );
}
