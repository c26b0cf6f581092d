import { createInterface } from "node:readline/promises";
import { say, type Language, type Words } from "@workbook/toolchain";
import { wrap } from "../output/wrap.ts";
import {
  isOwner,
  ownerOf,
  OWNER_RULE,
  saveConfig,
  settledOwner,
  type Workspace,
} from "../workspace.ts";

/** A terminal to ask at. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Who does the labs. Asked for once, where a person sits at the terminal and neither the environment nor an earlier
 * answer says it; everywhere else it is the default. Either way it is kept, because names of resources are made of it.
 *
 * @param terminal left out where nobody can be asked
 */
export async function settleOwner(
  workspace: Workspace,
  terminal: Terminal | undefined,
  signal: AbortSignal,
  language: Language,
): Promise<string> {
  const settled = settledOwner(workspace);
  if (settled !== undefined) return settled;
  const proposal = ownerOf(workspace);
  const owner = terminal ? await askOwner(terminal, proposal, signal, language) : proposal;
  saveConfig(workspace, { owner });
  return owner;
}

const WHY = [
  "Your name becomes part of every resource's name, so that several people can share an account.",
  "名前はすべてのリソース名の一部になります。1 つのアカウントを複数の人で使えるようにするためです。",
] as const;

async function askOwner(
  { input, output }: Terminal,
  proposal: string,
  signal: AbortSignal,
  language: Language,
): Promise<string> {
  const lines = createInterface({ input, output });
  // Ctrl-C at a question is an interrupt like any other, and readline would keep it to itself.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const tell = (words: Words) =>
      output.write(`${wrap(say(words, language), output.columns ?? 80)}\n`);
    tell(WHY);
    for (;;) {
      const answer = (await lines.question(`OWNER [${proposal}]: `, { signal })).trim();
      const owner = answer === "" ? proposal : answer;
      if (isOwner(owner)) return owner;
      tell([
        `"${owner}" will not do: ${OWNER_RULE.en}.`,
        `「${owner}」は使えません。使えるのは${OWNER_RULE.ja}です。`,
      ]);
    }
  } finally {
    lines.close();
  }
}
