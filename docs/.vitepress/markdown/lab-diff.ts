import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

import { structuredPatch } from "diff";
import type { MarkdownRenderer } from "vitepress";

const root = join(import.meta.dirname, "../../..");
/** Lines that only editors and this site need. */
const REGION_LINE = /^\s*(?:\/\/|#|\/\*)\s*#?(?:end)?region\b/;
const CONTEXT_LINES = 3;

interface DiffRequest {
  readonly from: string;
  readonly to: string;
  readonly region?: string;
}

/**
 * Shows a fence of this form as the difference between two files of the repository, read when the site is built:
 *
 *     ```lab-diff
 *     from: labs/08-two-services/start/stack.ts
 *     to: labs/08-two-services/solution/stack.ts
 *     ```
 *
 * `region: name` narrows both files to a region that both have, and shows all of it.
 */
export function labDiffPlugin(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]!;
    if (token.info.trim() !== "lab-diff") return fence(tokens, index, options, env, self);
    const request = parseRequest(token.content);
    token.info = extname(request.to).slice(1) || "txt";
    token.content = toMarkedDiff(request);
    return fence(tokens, index, options, env, self);
  };
}

function parseRequest(content: string): DiffRequest {
  const entries = content
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, key = "", value = ""] = /^(\w+):\s*(.+?)\s*$/.exec(line) ?? [];
      return [key, value] as const;
    });
  const { from, to, region, ...rest } = Object.fromEntries(entries);
  if (!from || !to || Object.keys(rest).length > 0) {
    throw new Error(`lab-diff takes "from", "to" and "region", not:\n${content}`);
  }
  return region ? { from, to, region } : { from, to };
}

/** The new text with the marks that VitePress colours: `// [!code ++]` and `// [!code --]`. */
function toMarkedDiff({ from, to, region }: DiffRequest): string {
  const before = readLines(from, region);
  const after = readLines(to, region);
  const { hunks } = structuredPatch(from, to, before, after, undefined, undefined, {
    context: region === undefined ? CONTEXT_LINES : Infinity,
  });
  if (hunks.length === 0) throw new Error(`lab-diff: ${from} and ${to} do not differ`);
  const comment = /\.(?:ts|js|go)$/.test(to) ? "//" : "#";
  return hunks
    .map(({ lines }) => lines.map((line) => mark(line, comment)).join("\n"))
    .join(`\n${comment} …\n`);
}

function mark(line: string, comment: string): string {
  const text = line.slice(1);
  if (line.startsWith("+")) return `${text} ${comment} [!code ++]`;
  if (line.startsWith("-")) return `${text} ${comment} [!code --]`;
  return text;
}

function readLines(file: string, region: string | undefined): string {
  const path = join(root, file);
  if (!existsSync(path)) throw new Error(`lab-diff: there is no file ${file}`);
  const lines = readFileSync(path, "utf8").split("\n");
  const part = region === undefined ? lines : sliceRegion(lines, region, file);
  return part.filter((line) => !REGION_LINE.test(line)).join("\n");
}

function sliceRegion(lines: readonly string[], region: string, file: string): string[] {
  const marks = (word: string) =>
    lines.findIndex(
      (line) => REGION_LINE.test(line) && line.trimEnd().endsWith(`${word} ${region}`),
    );
  const start = marks("#region");
  const end = marks("#endregion");
  if (start === -1 || end < start) throw new Error(`lab-diff: ${file} has no region ${region}`);
  // It ends with a line break, as files do: a patch has a line of its own to say that a text does not.
  return [...dedent(lines.slice(start + 1, end)), ""];
}

function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const least = Math.min(...indents);
  return lines.map((line) => line.slice(least));
}
