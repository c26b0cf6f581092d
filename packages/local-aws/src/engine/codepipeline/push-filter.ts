import type { GitPushFilter } from "@aws-sdk/client-codepipeline";

/** A branch or a tag that was pushed, and the files that differ. */
export interface Pushed {
  readonly branch?: string;
  readonly tag?: string;
  readonly files: readonly string[];
}

interface Criteria {
  readonly includes?: string[] | undefined;
  readonly excludes?: string[] | undefined;
}

/**
 * Whether a push is one that a trigger's filter lets through. What is excluded is, whatever is included.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
 */
export function filterMatches(
  { branches, tags, filePaths }: GitPushFilter,
  pushed: Pushed,
): boolean {
  if (tags) return pushed.tag !== undefined && isIn(tags, pushed.tag);
  if (pushed.branch === undefined) return false;
  if (branches && !isIn(branches, pushed.branch)) return false;
  return !filePaths || pushed.files.some((file) => isIn(filePaths, file));
}

function isIn({ includes, excludes }: Criteria, name: string): boolean {
  const fits = (patterns: readonly string[]) => patterns.some((it) => toExpression(it).test(name));
  if (excludes && fits(excludes)) return false;
  return !includes?.length || fits(includes);
}

/**
 * `*` stands for anything but a slash, `**` for anything, `?` for a character, `{a,b}` for one of two, `[ab]` for one of these.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
 */
export function toExpression(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*|[*?{},]|\[[^\]]*\]|[\\^$.|+()[\]]/g, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "{") return "(?:";
    if (token === "}") return ")";
    if (token === ",") return glob.includes("{") ? "|" : ",";
    if (token.length > 1) return token.replace("[!", "[^").replaceAll("\\", "\\\\");
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`, "s");
}
