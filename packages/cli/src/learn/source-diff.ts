import { diffArrays } from "diff";

/** A line of a difference. */
export interface DiffLine {
  /** `yours`: only in the learner's file. `solution`: only in the reference answer. `same`: in both, for orientation. `gap`: lines left out. */
  readonly kind: "yours" | "solution" | "same" | "gap";
  readonly text: string;
}

/** How many equal lines are shown around a difference. */
const CONTEXT = 2;

/**
 * Compares a learner's source with the reference answer's, as far as it matters: comments, empty lines, indentation and
 * the order of imports do not.
 *
 * @returns the lines that differ with a few around them; empty where nothing that matters does
 */
export function diffSources(yours: string, solution: string): readonly DiffLine[] {
  const [mine, theirs] = [parse(yours), parse(solution)];
  const parts = [...diffImports(mine.imports, theirs.imports), ...diffCode(mine.code, theirs.code)];
  return parts.some(({ kind }) => kind === "yours" || kind === "solution") ? parts : [];
}

interface Source {
  /** One statement each. */
  readonly imports: readonly string[];
  readonly code: readonly string[];
}

function parse(source: string): Source {
  const imports: string[] = [];
  const code: string[] = [];
  let open: string | undefined;
  for (const line of withoutComments(source)) {
    if (open === undefined && /^import\b(?!\()/.test(line)) open = "";
    if (open === undefined) {
      code.push(line);
      continue;
    }
    open = `${open} ${line.trim()}`.trim();
    if (/;\s*$|["']\s*$/.test(line)) {
      imports.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) code.push(open);
  return { imports, code };
}

/** The lines that say something. Comments that share a line with code stay: nothing is taken out of strings. */
function withoutComments(source: string): string[] {
  let inBlock = false;
  return source.split(/\r?\n/).filter((line) => {
    const text = line.trim();
    if (inBlock) {
      inBlock = !text.endsWith("*/");
      return false;
    }
    if (text.startsWith("/*")) {
      inBlock = !text.includes("*/");
      return inBlock ? false : !text.endsWith("*/");
    }
    return text !== "" && !text.startsWith("//") && !/^#(?!!)\s/.test(text);
  });
}

function diffImports(mine: readonly string[], theirs: readonly string[]): DiffLine[] {
  const has = (list: readonly string[], line: string) =>
    list.some((each) => normal(each) === normal(line));
  const extra = mine.filter((line) => !has(theirs, line));
  const missing = theirs.filter((line) => !has(mine, line));
  return [
    ...extra.map((text) => ({ kind: "yours", text }) as const),
    ...missing.map((text) => ({ kind: "solution", text }) as const),
  ];
}

function diffCode(mine: readonly string[], theirs: readonly string[]): DiffLine[] {
  const changes = diffArrays([...mine], [...theirs], {
    comparator: (a, b) => normal(a) === normal(b),
  });
  return changes.flatMap(({ added, removed, value }, index): DiffLine[] => {
    if (removed) return value.map((text) => ({ kind: "yours", text }));
    if (added) return value.map((text) => ({ kind: "solution", text }));
    return around(value, index > 0, index < changes.length - 1);
  });
}

/** The ends of a run of equal lines that touch a difference. */
function around(lines: readonly string[], before: boolean, after: boolean): DiffLine[] {
  const head = before ? CONTEXT : 0;
  const tail = after ? CONTEXT : 0;
  const same = (text: string): DiffLine => ({ kind: "same", text });
  if (lines.length <= head + tail) return lines.map(same);
  const gap: DiffLine = { kind: "gap", text: "…" };
  return [
    ...lines.slice(0, head).map(same),
    gap,
    ...(tail > 0 ? lines.slice(-tail).map(same) : []),
  ];
}

function normal(line: string): string {
  return line.trim().replace(/\s+/g, " ").replace(/[;,]$/, "");
}
