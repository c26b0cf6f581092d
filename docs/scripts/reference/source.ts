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

/**
 * The texts that an expression can be in a language: literals, both branches of a condition, of a pair of words its half;
 * what is computed is `…`.
 */
export function textsOf(node: SyntaxNode, language: Language): string[] {
  switch (node.type) {
    case "Literal":
      return typeof node["value"] === "string" ? [node["value"]] : [String(node["value"])];
    case "TemplateLiteral": {
      const quasis = node["quasis"] as { value: { cooked: string } }[];
      return [quasis.map(({ value }) => value.cooked).join("…")];
    }
    case "ConditionalExpression":
      return [node["consequent"], node["alternate"]].flatMap((each) =>
        textsOf(each as SyntaxNode, language),
      );
    case "ArrayExpression":
      return textsOf((node["elements"] as SyntaxNode[])[language === "en" ? 0 : 1]!, language);
    case "TaggedTemplateExpression":
      return textsOf(node["quasi"] as SyntaxNode, language);
    case "ArrowFunctionExpression":
      return textsOf(node["body"] as SyntaxNode, language);
    case "BinaryExpression": {
      const [left] = textsOf(node["left"] as SyntaxNode, language);
      const [right] = textsOf(node["right"] as SyntaxNode, language);
      return [`${left}${right}`];
    }
    case "CallExpression": {
      // A command for the target that is at work (packages/cli/src/on-target.ts); shown is the one on Local AWS.
      if ((node["callee"] as { name?: string }).name !== "onTarget") return ["…"];
      const [, command] = node["arguments"] as SyntaxNode[];
      return textsOf(command!, language).map((text) => `./workbook ${text}`);
    }
    default:
      return ["…"];
  }
}
