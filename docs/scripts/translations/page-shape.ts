import { toSiteSlug } from "../../../scripts/site-slug.ts";

/** What a page and its translation have in common. Each entry is one thing of the page, in page order. */
export interface PageShape {
  /** `## #anchor` */
  readonly headings: readonly string[];
  /** Code and commands with their language, and where an output or a chapters' table stands: those are in the page's language. */
  readonly code: readonly string[];
  /** `<LabFacts>` and other components, by name. */
  readonly components: readonly string[];
  /** What is folded up until a check passes, by the check. */
  readonly answers: readonly string[];
  /** The right answer of each question, by its place among the answers. */
  readonly quiz: readonly string[];
  /** Of images, also in what is printed: the same sources give the same image, whatever language its reader has. */
  readonly digests: readonly string[];
}

/** Reads the shape of a page. Anchors are as the site makes them: of the heading, or as `{#anchor}` says. */
export function readShape(source: string): PageShape {
  const [, frontMatter = "", body = source] = /^---\n([^]*?)\n---\n([^]*)$/.exec(source) ?? [];
  const headings: string[] = [];
  const code: string[] = [];
  const components: string[] = [];
  const answers: string[] = [];
  const lines = body.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const fence = /^\s*(```+)/.exec(line)?.[1];
    if (fence) {
      const end = lines.findIndex((each, at) => at > i && each.trim() === fence);
      const last = end === -1 ? lines.length - 1 : end;
      const hasWords = /^\s*`+(?:output|chapter-\w+)\b/.test(line);
      code.push(hasWords ? line : lines.slice(i, last + 1).join("\n"));
      i = last;
      continue;
    }
    if (line.startsWith("<<<")) code.push(line.trim());
    const answer = /^::: details .*\{data-check=([\w-]+)\}$/.exec(line)?.[1];
    if (answer) answers.push(answer);
    const heading = /^(#{1,6})\s+(.+?)\s*$/.exec(line);
    if (heading) headings.push(`${heading[1]} ${toAnchor(heading[1]!, heading[2]!)}`);
    for (const [, name] of line.matchAll(/<([A-Z]\w+)/g)) if (name) components.push(name);
  }
  const digests = body.match(/\bsha256:[0-9a-f]{12,64}\b/g) ?? [];
  return { headings, code, components, answers, quiz: readQuiz(frontMatter), digests };
}

/** The first heading is the page's title: nobody links to its anchor. */
function toAnchor(marks: string, heading: string): string {
  if (marks === "#") return "title";
  const own = /\{#([^}]+)\}$/.exec(heading)?.[1];
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
  return `#${own ?? toSiteSlug(text)}`;
}

function readQuiz(frontMatter: string): string[] {
  const questions = frontMatter.split(/^\s*- question:/m).slice(1);
  return questions.map((question) => {
    const answers = question.split(/^\s*- text:/m).slice(1);
    const right = answers.findIndex((answer) => /^\s*right:\s*true\s*$/m.test(answer));
    return `${right + 1} of ${answers.length}`;
  });
}

/**
 * What a translation has otherwise than its source, in words; empty where they agree.
 */
export function compareShapes(source: PageShape, translation: PageShape): string[] {
  const names = {
    headings: "heading",
    code: "code block",
    components: "component",
    answers: "folded answer",
    quiz: "question",
    digests: "digest",
  };
  return (Object.keys(names) as (keyof PageShape)[]).flatMap((part) => {
    const expected = source[part];
    const actual = translation[part];
    const count = Math.max(expected.length, actual.length);
    const at = Array.from({ length: count }, (_, i) => i).find((i) => expected[i] !== actual[i]);
    if (at === undefined) return [];
    const show = (text: string | undefined) => (text === undefined ? "nothing" : firstLines(text));
    return [
      `${names[part]} ${at + 1} is ${show(actual[at])}, where the English page has ${show(expected[at])}`,
    ];
  });
}

function firstLines(text: string): string {
  const [first = "", second] = text.split("\n");
  return JSON.stringify(second === undefined ? first : `${first} ${second} …`);
}
