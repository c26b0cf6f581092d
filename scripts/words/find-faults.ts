import { parseSync } from "oxc-parser";

/** A text for people that one of the languages lacks, or that says another thing in it. */
export interface WordsFault {
  readonly line: number;
  readonly what: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** What the failure catalogue quotes of AWS, and the code that a case exchanges. */
const QUOTING: ReadonlySet<string | undefined> = new Set(["symptom", "replace", "by"]);
const isQuoted = ({ type, key }: Node): boolean =>
  type === "Property" && QUOTING.has((key as { readonly name?: string }).name);

/** Two words side by side, the second one small: code, names and commands hardly have that. */
const PROSE = /[A-Za-z]{2,}[,:;.]? (?:[a-z]{2,}|a)\b(?![-/:=(\w]|\.\w)/;
const JAPANESE = /[\u3001-\u30FF\u4E00-\u9FFF]/;
/** What these say is for whoever mends a bug, or stops work that nobody waits for any more. */
/** What the last line of a command begins with. */
const LABEL = /(?:^|\n)Next: /;
/** What is typed, whatever words are in it. */
const COMMAND =
  /^\s*(?:[A-Z_]+=\S+ )?(?:\.\/workbook|aws|curl|docker|npm|terraform|eval|exec|import|export|const|class) (?!.*[.:;] [a-z])|^#!|^cat > |\(\?[:=!<]|^\{ \[/;
const FOR_DEVELOPERS =
  /^(?:Error|TypeError|RangeError|\w*DefinitionError|PlanReadError|NotProved|abort|prove)$/;

/**
 * Reads the catalogue that the pairs `[english, japanese]` of a source are, and what stands outside of it.
 *
 * @param data texts that look like sentences and are none
 * @returns English sentences without their Japanese, Japanese ones in English, and pairs whose halves name different values
 */
export function findFaults(
  file: string,
  source: string,
  data: ReadonlySet<string> = new Set(),
): WordsFault[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`);
  const faults: WordsFault[] = [];
  const report = (node: Node, what: string) =>
    faults.push({ line: source.slice(0, node.start).split("\n").length, what });
  visit(program as unknown as Node);
  return faults;

  function visit(node: Node): void {
    if (isForDevelopers(node) || isQuoted(node) || node.type === "ImportDeclaration") return;
    const pair = pairOf(node);
    if (pair) return compare(...pair);
    for (const [en, ja] of pairsGiven(node)) compare(en, ja);
    const words = literalOf(node);
    if (words !== undefined && isProse(words) && !JAPANESE.test(words) && !data.has(words))
      report(node, `English alone: ${shorten(words)}`);
    for (const child of spokenIn(node)) visit(child);
  }

  function compare(en: Node, ja: Node): void {
    const untranslated = textsIn(ja).find(
      (words) => !JAPANESE.test(words) && isProse(withoutQuotations(words)),
    );
    if (!textsIn(ja).some((words) => JAPANESE.test(words)))
      report(ja, `no Japanese: ${shorten(source.slice(ja.start, ja["end"] as number))}`);
    else if (untranslated !== undefined)
      report(ja, `English in the Japanese: ${shorten(untranslated)}`);
    if (textsIn(en).some((words) => JAPANESE.test(words)))
      report(en, `Japanese in the English: ${shorten(textsIn(en).join(" "))}`);
    const [inEn, inJa] = [valuesIn(en), valuesIn(ja)];
    const missing = [...inEn.symmetricDifference(inJa)].filter((name) => !NOT_VALUES.has(name));
    if (missing.length > 0) report(ja, `only one half names ${missing.join(", ")}`);
  }
}

/** What a half may use without the other: each language has its own plurals and lists. */
const NOT_VALUES: ReadonlySet<string> = new Set([
  "en",
  "ja",
  "JA",
  "inJapanese",
  "plural",
  "length",
  "undefined",
]);

/** `[english, japanese]`, or `{ en, ja }`. */
function pairOf(node: Node): [en: Node, ja: Node] | undefined {
  if (node.type === "ArrayExpression") {
    const [en, ja, ...more] = node["elements"] as (Node | null)[];
    if (!en || !ja || more.length > 0) return undefined;
    // Of several pairs that follow each other, each is looked at by itself.
    if (holdsList(en) || holdsList(ja) || textsIn(en).length === 0) return undefined;
    return textsIn(ja).some((words) => JAPANESE.test(words)) ? [en, ja] : undefined;
  }
  if (node.type !== "ObjectExpression") return undefined;
  const members = new Map(
    (node["properties"] as Node[])
      .filter(({ type }) => type === "Property")
      .map((member) => [(member["key"] as { name?: string }).name, member["value"] as Node]),
  );
  const [en, ja] = [members.get("en"), members.get("ja")];
  if (!en || !ja) return undefined;
  const isSpoken =
    textsIn(en).some((words) => PROSE.test(words)) || textsIn(ja).some((w) => JAPANESE.test(w));
  return isSpoken ? [en, ja] : undefined;
}

/** `cause(id, english, japanese)`: two arguments that follow each other. */
function pairsGiven(node: Node): (readonly [en: Node, ja: Node])[] {
  if (node.type !== "CallExpression") return [];
  const given = node["arguments"] as Node[];
  return given.flatMap((en, at) => {
    const ja = given[at + 1];
    const isPair =
      ja !== undefined &&
      [en, ja].every(({ type }) => /^(?:Template)?Literal$/.test(type)) &&
      PROSE.test(literalOf(en) ?? "") &&
      JAPANESE.test(literalOf(ja) ?? "");
    return isPair ? [[en, ja] as const] : [];
  });
}

/** What of a node may be said to a reader: a line to write is code, whatever words are in it. */
function spokenIn(node: Node): Node[] {
  if (isCallOf(node, "hint")) return (node["arguments"] as Node[]).slice(0, 2);
  if (node.type === "Property" && (node["key"] as Node)["name"] === "line") return [];
  const pairs = new Set<Node>(pairsGiven(node).flat());
  return childrenOf(node).filter((child) => !pairs.has(child));
}

function holdsList(node: Node): boolean {
  return (
    node.type === "ArrayExpression" ||
    node.type === "TaggedTemplateExpression" ||
    childrenOf(node).some(holdsList)
  );
}

function isProse(words: string): boolean {
  return (PROSE.test(words) && !COMMAND.test(words)) || LABEL.test(words);
}

function isCallOf(node: Node, name: string): boolean {
  return node.type === "CallExpression" && (node["callee"] as Node)["name"] === name;
}

/** `new Error(…)`, `controller.abort(…)`: nothing in it is for a reader. */
function isForDevelopers(node: Node): boolean {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return false;
  const callee = node["callee"] as Node;
  const name = callee.type === "MemberExpression" ? (callee["property"] as Node) : callee;
  return FOR_DEVELOPERS.test(String(name["name"] ?? ""));
}

/** All texts in an expression. */
function textsIn(node: Node): string[] {
  const own = literalOf(node);
  return [...(own === undefined ? [] : [own]), ...childrenOf(node).flatMap(textsIn)];
}

/** The names of what is set into the texts of an expression. */
function valuesIn(node: Node): Set<string> {
  // Of `words.en` and `names.replaceAll(…)`, what is said is told by what stands first.
  if (node.type === "MemberExpression" && node["computed"] !== true)
    return valuesIn(node["object"] as Node);
  if (node.type === "Identifier") return new Set([String(node["name"]).replace(/_JA$|Ja$/, "")]);
  return new Set(childrenOf(node).flatMap((child) => [...valuesIn(child)]));
}

function literalOf(node: Node): string | undefined {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined;
  if (node.type !== "TemplateLiteral") return undefined;
  return (node["quasis"] as { value: { cooked: string } }[])
    .map(({ value }) => value.cooked)
    .join("…");
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter(
      (value): value is Node =>
        typeof value === "object" && value !== null && typeof (value as Node).type === "string",
    );
}

/** AWS's own words, commands and code stand in quotes or behind a colon as they are. */
function withoutQuotations(words: string): string {
  return words.replaceAll(/"[^"]*"|`[^`]*`|「[^」]*」|https?:\S+|\.\/workbook [^\n。、]*/g, "");
}

function shorten(words: string): string {
  return words.length <= 90 ? words : `${words.slice(0, 89)}…`;
}
