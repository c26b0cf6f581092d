import { UserError } from "@workbook/toolchain";
import type { Session } from "./session.ts";

/** What can act on the learner's own account; everything else is about this machine. */
const ON_AWS: ReadonlySet<string> = new Set([
  "run",
  "start",
  "reset",
  "watch",
  "check",
  "hint",
  "why",
  "deploy",
  "plan",
  "destroy",
  "logs",
]);

/** Whether a command takes `--target aws`. */
export function takesAws(command: string): boolean {
  return ON_AWS.has(command);
}

/** What to type for a command on the same target: `deploy 08` is `./workbook deploy 08`, on AWS `./workbook deploy 08 --target aws`. */
export function onTarget({ target }: Pick<Session, "target">, command: string): string {
  const isOnAws = target === "aws" && takesAws(command.split(" ")[0]!);
  return `./workbook ${command}${isOnAws ? " --target aws" : ""}`;
}

/** @throws {UserError} where a command that is about this machine alone is given `--target aws` */
export function requireTarget(command: string, target: Session["target"]): void {
  if (target === "local" || takesAws(command)) return;
  throw new UserError(
    [
      `"${command}" takes no --target aws: it is about Local AWS and your files on this machine.`,
      `${command} に --target aws は使えません。Local AWS とこのマシンのファイルのためのコマンドです。`,
    ],
    { code: "TARGET_NOT_SUPPORTED", next: `./workbook ${command} --help`, exitCode: 2 },
  );
}
