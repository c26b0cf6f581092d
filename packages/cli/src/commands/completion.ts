import { listLabs } from "@workbook/lab-kit";
import { COMMANDS } from "../command-line/commands.ts";
import { completionScript } from "../command-line/completion.ts";
import type { Session } from "../session.ts";

/** Prints what makes a shell complete `./workbook`. */
export async function completionCommand(session: Session, shell: string): Promise<number> {
  const labs = listLabs(session.workspace.labs);
  const { language } = session;
  process.stdout.write(completionScript(shell, { commands: COMMANDS, labs, language }));
  return 0;
}
