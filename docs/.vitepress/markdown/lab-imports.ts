import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { MarkdownRenderer } from "vitepress";

const root = join(import.meta.dirname, "../../..");
const PROVIDER = /"@cdktf\/provider-aws\/lib\/([\w-]+)\/index\.js"/;

interface ImportRequest {
  readonly lab: string;
  /** The classes whose lines are shown; all by default. */
  readonly classes: readonly string[];
}

/** A line of a lab's solution that its start has not. */
interface ImportLine {
  readonly text: string;
  readonly names: readonly string[];
}

/**
 * Shows a fence of this form as the import lines that a lab's solution has and its start has not, read when the site is
 * built, and under them a link to the documentation of each class:
 *
 *     ```lab-imports
 *     lab: 02-network
 *     classes: Vpc, InternetGateway
 *     ```
 *
 * Without `classes` all of them are shown.
 */
export function labImportsPlugin(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index]!;
    if (token.info.trim() !== "lab-imports") return fence(tokens, index, options, env, self);
    const lines = readImports(parseRequest(token.content));
    token.info = "ts";
    token.content = `${lines.map(({ text }) => text).join("\n")}\n`;
    return fence(tokens, index, options, env, self) + toLinks(lines);
  };
}

function parseRequest(content: string): ImportRequest {
  const entries = content
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [, key = "", value = ""] = /^(\w+):\s*(.+?)\s*$/.exec(line) ?? [];
      return [key, value] as const;
    });
  const { lab, classes = "", ...rest } = Object.fromEntries(entries);
  if (!lab || Object.keys(rest).length > 0) {
    throw new Error(`lab-imports takes "lab" and "classes", not:\n${content}`);
  }
  return { lab, classes: classes.split(/,\s*/).filter((name) => name !== "") };
}

function readImports({ lab, classes }: ImportRequest): readonly ImportLine[] {
  const given = new Set(readLines(`labs/${lab}/start/stack.ts`));
  const lines = readLines(`labs/${lab}/solution/stack.ts`)
    .filter((text) => text.startsWith("import ") && !given.has(text))
    .map((text) => ({ text, names: namesOf(text) }));
  const missing = classes.find((name) => !lines.some(({ names }) => names.includes(name)));
  if (missing) throw new Error(`lab-imports: the solution of ${lab} does not import ${missing}`);
  if (lines.length === 0) throw new Error(`lab-imports: ${lab} needs no other imports`);
  if (classes.length === 0) return lines;
  return lines.filter(({ names }) => names.some((name) => classes.includes(name)));
}

function readLines(file: string): readonly string[] {
  const path = join(root, file);
  if (!existsSync(path)) throw new Error(`lab-imports: there is no file ${file}`);
  return readFileSync(path, "utf8").split("\n");
}

function namesOf(line: string): readonly string[] {
  const [, names = ""] = /\{ (.+) \}/.exec(line) ?? [];
  return names.split(", ").map((name) => name.split(" as ")[0]!);
}

/** What Terraform's provider, whose resources the classes are, says of each. */
function toLinks(lines: readonly ImportLine[]): string {
  const links = lines.flatMap(({ text, names: [name] }) => {
    const folder = PROVIDER.exec(text)?.[1];
    if (folder === undefined) return [];
    const [, data, resource = folder] = /^(data-aws-)?(.+)$/.exec(folder) ?? [];
    const kind = data ? "data-sources" : "resources";
    const page = `${kind}/${resource.replaceAll("-", "_")}`;
    return [`<a href="${providerDocs()}/${page}" target="_blank" rel="noreferrer">${name}</a>`];
  });
  return links.length === 0 ? "" : `<p class="lab-imports">${links.join(" ")}</p>\n`;
}

/** Where the documentation of the provider is, of the version that is pinned here. */
function providerDocs(): string {
  const { resolve } = createRequire(join(root, "infra/package.json"));
  const file = resolve("@cdktf/provider-aws/package.json");
  const { cdktf } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly cdktf: { readonly provider: { readonly version: string } };
  };
  return `https://registry.terraform.io/providers/hashicorp/aws/${cdktf.provider.version}/docs`;
}
