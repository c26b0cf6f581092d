/** What a page shows that a command prints. */
export interface ShownOutput {
  readonly text: string;
  /** Its lines may come in any order. */
  readonly unordered: boolean;
  /** The lines of the page that it stands on, from 0, without the fences. */
  readonly firstLine: number;
  readonly endLine: number;
}

/** Commands of a page, in the order in which a reader types them. */
export interface ShellBlock {
  readonly commands: string;
  /** The line of the page that it begins on, from 1. */
  readonly line: number;
  /** What a reader does in an editor or elsewhere: run, but not shown on the page. */
  readonly hidden: boolean;
  /** The exit codes that it may end with. */
  readonly exitCodes: readonly number[];
  readonly timeoutSeconds: number;
  /** It takes away what the page has built: a reader who goes on to the next chapter leaves it out. */
  readonly cleansUp: boolean;
  /** Why it is not run. */
  readonly skip: string | undefined;
  readonly output: ShownOutput | undefined;
}

/** A page cannot be read; the message says where and why. */
export class PageError extends Error {
  override readonly name = "PageError";
}

const DEFAULT_TIMEOUT_SECONDS = 600;

/**
 * The shell blocks of a page, with what it shows that they print. See docs/writing.md for the marks.
 *
 * @throws {PageError} for a mark that does not exist, and for an output without a command
 */
export function parsePage(source: string): ShellBlock[] {
  const blocks: ShellBlock[] = [];
  const lines = source.split("\n");
  let isLastFence = false;
  for (let i = 0; i < lines.length; i++) {
    const hidden = /^<!--\s*run\b\s*(.*)$/.exec(lines[i]!);
    if (hidden) {
      const end = lines.findIndex((line, at) => at >= i && line.trimEnd().endsWith("-->"));
      if (end === -1) throw new PageError(`line ${i + 1}: the comment does not end`);
      const text = lines.slice(i, end + 1).join("\n");
      blocks.push(toHidden(text, i + 1));
      i = end;
      isLastFence = false;
      continue;
    }
    const [, fence, language = "", rest = ""] = /^(```+)([\w-]*)\s*(.*)$/.exec(lines[i]!) ?? [];
    if (!fence) continue;
    const end = lines.findIndex((line, at) => at > i && line.trim() === fence);
    if (end === -1) throw new PageError(`line ${i + 1}: the fence does not end`);
    const content = lines.slice(i + 1, end).join("\n");
    if (language === "sh") blocks.push(toBlock(content, i + 1, readMarks(rest, i + 1)));
    if (language === "output") {
      const last = blocks.at(-1);
      if (!last || !isLastFence || last.hidden) {
        throw new PageError(`line ${i + 1}: an output follows the commands that print it`);
      }
      const unordered = readMarks(rest, i + 1).has("unordered");
      const output = { text: content, unordered, firstLine: i + 1, endLine: end };
      blocks[blocks.length - 1] = { ...last, output };
    }
    isLastFence = language === "sh";
    i = end;
  }
  return blocks;
}

const MARKS = new Set(["skip", "fails", "timeout", "unordered", "cleanup"]);

/** `skip="a reason" fails=2` as a map; a mark without a value has an empty one. */
function readMarks(text: string, line: number): Map<string, string> {
  const marks = new Map<string, string>();
  for (const [, name = "", quoted, bare] of text.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)) {
    if (!MARKS.has(name)) throw new PageError(`line ${line}: there is no mark "${name}"`);
    marks.set(name, quoted ?? bare ?? "");
  }
  return marks;
}

function toBlock(commands: string, line: number, marks: ReadonlyMap<string, string>): ShellBlock {
  const skip = marks.get("skip");
  if (skip === "") throw new PageError(`line ${line}: skip="…" gives the reason`);
  return {
    commands,
    line,
    hidden: false,
    exitCodes: marks.has("fails") ? (marks.get("fails") || "1").split(",").map(Number) : [0],
    timeoutSeconds: Number(marks.get("timeout") || DEFAULT_TIMEOUT_SECONDS),
    cleansUp: marks.has("cleanup"),
    skip,
    output: undefined,
  };
}

function toHidden(comment: string, line: number): ShellBlock {
  const commands = comment.replace(/^<!--\s*run\b:?/, "").replace(/-->\s*$/, "");
  return { ...toBlock(commands.trim(), line, new Map()), hidden: true };
}
