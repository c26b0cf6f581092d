import type { ExecClient } from "@workbook/local-aws/exec";

/** This process's terminal, while a session has it. */
export interface OwnTerminal {
  /** Gives keys and sizes to a session; the answer gives the terminal back. */
  attach(client: ExecClient): () => void;
}

/** The terminal that a person sits at; undefined where there is none. */
export function ownTerminal(): OwnTerminal | undefined {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY) return undefined;
  return {
    attach(client) {
      const resize = () => client.resize(stdout.columns, stdout.rows);
      const type = (keys: Buffer) => client.write(keys);
      stdin.setRawMode(true);
      stdin.on("data", type);
      stdout.on("resize", resize);
      resize();
      return () => {
        stdout.off("resize", resize);
        stdin.off("data", type);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
  };
}

/** One command of words, which the agent in the container splits into these again. */
export function quoteWords(words: readonly string[]): string {
  return words
    .map((word) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(" ");
}

/** A terminal ends lines with two characters, of which a file or a pipe wants the last. */
export function withoutCarriageReturns(write: (data: Buffer) => void): (data: Buffer) => void {
  let held = false;
  return (data) => {
    const text = (held ? "\r" : "") + data.toString("latin1");
    held = text.endsWith("\r");
    const whole = held ? text.slice(0, -1) : text;
    write(Buffer.from(whole.replaceAll("\r\n", "\n"), "latin1"));
  };
}
