import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parseSync } from "oxc-parser";

import type { Language } from "./reference-page.ts";

const root = join(import.meta.dirname, "../../..");

/** A node of the syntax tree, as far as these pages look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A parsed file. */
export interface SourceFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  /** The text of the doc comment that ends right before a place, without its stars; undefined where there is none. */
  docBefore(start: number): string | undefined;
}

/** Reads and parses TypeScript files; tests are not among them. */
export function readSources(...patterns: readonly string[]): SourceFile[] {
  const files = globSync(patterns, { cwd: root }).toSorted();
  return files
    .filter((file) => !/\.test(?:-d)?\.ts$|\/testing\/|\/testing\.ts$/.test(file))
    .map((file) => parse(file));
}

function parse(path: string): SourceFile {
  const text = readFileSync(join(root, path), "utf8");
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  return {
    path,
    text,
    program: program as unknown as SyntaxNode,
    docBefore(start) {
      const comment = comments.findLast(({ end }) => end <= start);
      if (!comment || !comment.value.startsWith("*")) return undefined;
      const between = text.slice(comment.end, start).replace(/\b(?:export|readonly)\b/g, "");
      if (between.trim() !== "") return undefined;
      const lines = comment.value.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
      return lines.join("\n").trim();
    },
  };
}

/** Calls `visit` for a node and everything in it, with the node around. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
  parent?: SyntaxNode,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, node);
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string"
  );
}

/** What the constants of a file are made of, by name. */
export function constantsOf(program: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const constants = new Map<string, SyntaxNode>();
  walk(program, (node) => {
    if (node.type !== "VariableDeclarator" || !node["init"]) return;
    const name = (node["id"] as { name?: string }).name;
    if (name !== undefined) constants.set(name, node["init"] as SyntaxNode);
  });
  return constants;
}

/**
 * The texts that an expression can be in a language: literals, both branches of a condition, of a pair of words its half;
 * what is computed is `…`.
 *
 * @param constants of the file that the expression is in
 */
export function textsOf(
  node: SyntaxNode,
  language: Language,
  constants: ReadonlyMap<string, SyntaxNode> = new Map(),
): string[] {
  const read = (part: unknown) => textsOf(part as SyntaxNode, language, constants);
  switch (node.type) {
    case "Literal":
      return typeof node["value"] === "string" ? [node["value"]] : [String(node["value"])];
    case "TemplateLiteral":
      return [withParts(node, () => "…")];
    case "ConditionalExpression":
      return [node["consequent"], node["alternate"]].flatMap(read);
    case "ArrayExpression":
      return read((node["elements"] as SyntaxNode[])[language === "en" ? 0 : 1]!);
    case "TaggedTemplateExpression":
      return [withParts(node["quasi"] as SyntaxNode, (part) => read(part)[0]!)];
    case "ArrowFunctionExpression":
      return read(node["body"]);
    case "BlockStatement": {
      const last = (node["body"] as SyntaxNode[]).at(-1);
      return last?.type === "ReturnStatement" ? read(last["argument"]) : ["…"];
    }
    case "TSAsExpression":
      return read(node["expression"]);
    case "Identifier": {
      const value = constants.get(String(node["name"]));
      // Only words are worth it: what another constant is called says more than what it is made of.
      return value && isWords(value) ? read(value) : ["…"];
    }
    case "BinaryExpression": {
      const [[left], [right]] = [read(node["left"]), read(node["right"])];
      return [`${left}${right}`];
    }
    case "CallExpression": {
      // A command for the target that is at work (packages/cli/src/command-line/commands.ts); shown is the one on Local AWS.
      if ((node["callee"] as { name?: string }).name !== "onTarget") return ["…"];
      const [, command] = node["arguments"] as SyntaxNode[];
      return read(command).map((text) => `./workbook ${text}`);
    }
    default:
      return ["…"];
  }
}

/** A pair, or one of several. */
function isWords(node: SyntaxNode): boolean {
  if (node.type === "TSAsExpression") return isWords(node["expression"] as SyntaxNode);
  if (node.type === "ConditionalExpression")
    return [node["consequent"], node["alternate"]].every((each) => isWords(each as SyntaxNode));
  const elements = node.type === "ArrayExpression" ? (node["elements"] as SyntaxNode[]) : [];
  return elements.length === 2 && elements.every(({ type }) => type.endsWith("Literal"));
}

function withParts(template: SyntaxNode, textOf: (part: SyntaxNode) => string): string {
  const parts = template["expressions"] as SyntaxNode[];
  return (template["quasis"] as { value: { cooked: string } }[])
    .map(({ value }, index) => value.cooked + (parts[index] ? textOf(parts[index]) : ""))
    .join("");
}
