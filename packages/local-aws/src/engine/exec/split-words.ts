/** A command that is not whole. */
export class UnfinishedCommandError extends Error {
  override readonly name = "UnfinishedCommandError";
}

/**
 * The words of a command as AWS's agent splits it: by blanks, but for those in quotes and behind a backslash. No shell looks at it, so that
 * variables, pipes and assignments are ordinary words. https://pkg.go.dev/github.com/google/shlex
 * @throws UnfinishedCommandError where a quote is open at its end
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: "'" | '"' | undefined;
  const add = (character: string) => (word = (word ?? "") + character);
  for (let at = 0; at < command.length; at++) {
    const character = command[at]!;
    if (quote) {
      if (character === quote) quote = undefined;
      else if (character === "\\" && quote === '"' && at + 1 < command.length) add(command[++at]!);
      else add(character);
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\\" && at + 1 < command.length) add(command[++at]!);
    else if (character === "#" && word === undefined) {
      const end = command.indexOf("\n", at);
      if (end === -1) break;
      at = end;
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else add(character);
  }
  if (quote) throw new UnfinishedCommandError("EOF found when expecting closing quote");
  if (word !== undefined) words.push(word);
  return words;
}
