/** Lines for a shell, and a Dockerfile's, have no names of TypeScript in them. */
const NO_TYPESCRIPT = /^(?:\.\/workbook|aws|curl|docker|[A-Z]+) /;
const STRING = /"[^"]*"|`[^`]*`|'[^']*'/g;
const KEYWORDS: ReadonlySet<string> = new Set(["const", "false", "new", "return", "this", "true"]);

/**
 * The names that a line to write refers to: constants, classes and what it takes of `this` (`this.network`). The keys of
 * its objects and the members of its constants are not among them.
 *
 * @param line a hint's third level, in TypeScript, for a shell or for a Dockerfile
 */
export function namesReferredTo(line: string): readonly string[] {
  if (NO_TYPESCRIPT.test(line)) return [];
  const code = line.replaceAll(STRING, '""');
  const names = code.matchAll(/(?<![\w$]|(?<!\.\.)\.)(this\.)?[A-Za-z_$][\w$]*(?!\w|\s*:)/g);
  return [...names].map(([name]) => name).filter((name) => !KEYWORDS.has(name));
}

/** All names in a source text, and what it takes of `this`, as `this.name`. */
export function namesIn(source: string): ReadonlySet<string> {
  return new Set(source.match(/(?:this\.)?[A-Za-z_$][\w$]*/g));
}
