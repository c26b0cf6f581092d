import { findCommand } from "../command-line/commands.ts";
import { formatCommandHelp, formatOverview } from "../command-line/help.ts";
import { unknownCommand } from "../command-line/parse.ts";
import type { Session } from "../session.ts";

/** Says what a command does, or which commands there are. @throws {UserError} where there is no such command */
export async function helpCommand(
  { language }: Pick<Session, "language">,
  name: string | undefined,
  all: boolean,
): Promise<number> {
  const width = process.stdout.columns ?? 80;
  const help =
    name === undefined
      ? formatOverview(all, width, language)
      : formatCommandHelp(findCommand(name) ?? unknownCommand(name), width, language);
  process.stdout.write(`${help}\n`);
  return 0;
}
