import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Words } from "@workbook/toolchain";
import type { SynthReader, SynthResource } from "../synth-reader.ts";
import { attributeFor } from "./explain-names.ts";
import { placeAt } from "./explain-run.ts";
import { camelCase, propertyOrigin } from "./output-places.ts";
import type { Place, Problem } from "./problem.ts";
import type { Origin } from "./synth-process.ts";

/** A text in the JSON, and what it was given to. */
interface Written {
  readonly resource: SynthResource;
  /** As cdktf calls it. */
  readonly property: string;
  readonly text: string;
}

type Finding = Omit<Problem, "place">;
type Find = (written: Written, synth: SynthReader) => Finding | undefined;

/**
 * What the program has written and no provider will take: an object where text belongs, a reference in quotes, an element
 * that belongs to no stack. The program itself ran to its end.
 *
 * @param synth with the folder and the origins of what was synthesised; nothing is found without them
 */
export function explainOutput(synth: SynthReader): readonly Problem[] {
  if (synth.directory === undefined) return [];
  const stack = join(realpathSync(synth.directory), "stack.ts");
  return [...strays(synth, stack), ...texts(synth, stack)];
}

function* strays({ origins, resources }: SynthReader, stack: string): Generator<Problem> {
  const stacks = new Set(["images", "service", ...resources.map((each) => each.stack)]);
  for (const [path, origin] of Object.entries(origins)) {
    if (origin === null || stacks.has(path.split("/")[0]!)) continue;
    yield {
      says: [
        `${path} belongs to no stack, so nothing comes of it.`,
        `${path} はどのスタックにも属していないので、何も作られません。`,
      ],
      place: placeAt(stack, origin),
      advice: [
        "Make it inside of a stack's constructor, and give the stack as the first argument: this.",
        "スタックのコンストラクターの中に書き、最初の引数にスタック (this) を渡します。",
      ],
    };
  }
}

function* texts(synth: SynthReader, stack: string): Generator<Problem> {
  for (const resource of synth.resources) {
    const origin = originOf(synth, resource);
    if (origin === undefined) continue;
    for (const [property, text] of textsIn(resource.attributes)) {
      const found = find({ resource, property, text }, synth);
      if (found) yield { ...found, place: placeAt(stack, propertyOrigin(origin, property)) };
    }
  }
}

/** Where in the learner's files an element is made; undefined where none of them makes it. */
function originOf({ origins }: SynthReader, resource: SynthResource): Origin | undefined {
  const { metadata } = (resource.attributes["//"] ?? {}) as { metadata?: { path?: string } };
  return origins[metadata?.path ?? ""] ?? undefined;
}

/**
 * The line that made a resource, or gave it an argument.
 *
 * @param address as Terraform has it
 * @param attribute as Terraform or AWS call it
 * @returns undefined where no file of the learner's makes it, or where that file is not there any more
 */
export function placeInProgram(
  synth: SynthReader,
  stack: string,
  address: string,
  attribute: string | undefined,
): Place | undefined {
  const resource = synth.resources.find(
    (each) => each.stack === stack && each.address === address.replace(/\[.*\]$/, ""),
  );
  const origin = resource && originOf(synth, resource);
  if (origin === undefined || synth.directory === undefined || !existsSync(origin.file))
    return undefined;
  const place = attribute === undefined ? origin : propertyOrigin(origin, camelCase(attribute));
  return placeAt(join(realpathSync(synth.directory), "stack.ts"), place);
}

function find(written: Written, synth: SynthReader): Finding | undefined {
  for (const look of FINDINGS) {
    const found = look(written, synth);
    if (found) return found;
  }
  return undefined;
}

const FINDINGS: readonly Find[] = [
  ({ text, property }) =>
    text.includes("[object Object]")
      ? {
          says: [
            `${property} holds "[object Object]": an object was put into a text.`,
            `${property} に "[object Object]" が入っています。文字列の中にオブジェクトが使われています。`,
          ],
          advice: [
            "Give the attribute that is meant, such as .id or .arn; where JSON is wanted, JSON.stringify.",
            ".id や .arn のような属性を渡します。JSON にしたいときは JSON.stringify を使います。",
          ],
        }
      : undefined,
  constructInText,
  quotedReference,
  ({ text, property }) =>
    text === "$" || text === "#"
      ? {
          says: [
            `${property} holds "${text}", the first character of a reference: [0] was taken from a text, not from a list.`,
            `${property} の値が参照の最初の文字 "${text}" になっています。リストではなく文字列に [0] が使われています。`,
          ],
          advice: [
            "Leave [0] out, or ask Terraform for one of a list:",
            "[0] を取ります。リストの要素なら Terraform に取り出させます。",
          ],
          write: "Fn.element(list, 0)",
        }
      : undefined,
  ({ text, property }) =>
    /(?:^|[-_/.:])undefined(?:$|[-_/.:])/.test(text)
      ? {
          says: [
            `${property} is "${text}": a part of it was not there.`,
            `${property} の値が "${text}" です。値のない部分があります。`,
          ],
          advice: ["Look at the names between ${ and }.", "${ と } の間の名前を確かめてください。"],
        }
      : undefined,
  ({ text, property }) =>
    /^(?:\(?\w*\)? => |function\b)/.test(text)
      ? {
          says: [
            `${property} holds a function, not what it gives.`,
            `${property} に、関数の結果ではなく関数そのものが入っています。`,
          ],
          advice: [
            "Call it, with its argument in round brackets.",
            "丸かっこで引数を渡して呼び出します。",
          ],
        }
      : undefined,
];

/** A construct in a text is its path in the tree. */
function constructInText({ resource, property, text }: Written, { origins }: SynthReader) {
  const path = Object.keys(origins).find(
    (each) =>
      each.startsWith(`${resource.stack}/`) &&
      new RegExp(`(?:^|[^\\w/-])${each}(?:$|[^\\w/-])`).test(text),
  );
  if (path === undefined) return undefined;
  const name = path.split("/").at(-1)!;
  const [attribute] = attributeFor(property, ["id", "arn", "name"]);
  return {
    says: [
      `${property} holds "${path}": that is where the construct stands, not one of its attributes.`,
      `${property} の値が "${path}" です。これはコンストラクトの場所で、属性ではありません。`,
    ] satisfies Words,
    advice: [
      "Give the attribute of the construct:",
      "コンストラクトの属性を渡します。",
    ] satisfies Words,
    write: `\${${name}.${attribute}}`,
  };
}

/** What an expression of Terraform's can begin with, beside the types of resources. */
const ROOTS = new Set([
  "var",
  "local",
  "data",
  "module",
  "each",
  "self",
  "path",
  "terraform",
  "count",
]);

/** `"${vpc.id}"` with quotes in place of backticks. */
function quotedReference({ resource, property, text }: Written, synth: SynthReader) {
  for (const [, expression = ""] of text.matchAll(/(?<!\$)\$\{([^}]*)\}/g)) {
    const bare = expression.replaceAll(/"[^"]*"/g, '""');
    for (const [, root = "", name = ""] of bare.matchAll(/(?<![\w.\]-])([a-zA-Z_]\w*)\.(\w+)/g)) {
      if (ROOTS.has(root) || isDeclared(synth, resource.stack, root)) continue;
      return {
        says: [
          `${property} holds the letters "\${${expression}}": in quotes, nothing is put in their place.`,
          `${property} の値が文字どおり "\${${expression}}" になっています。引用符の中では置き換えられません。`,
        ] satisfies Words,
        advice: [
          "Leave quotes and braces out, or write the text in backticks:",
          "引用符と波かっこを取るか、バッククォートで囲みます。",
        ] satisfies Words,
        write: text === `\${${expression}}` ? `${property}: ${root}.${name}` : `\`${text}\``,
      };
    }
  }
  return undefined;
}

function isDeclared({ resources }: SynthReader, stack: string, type: string): boolean {
  return (
    type.startsWith("aws_") || resources.some((each) => each.stack === stack && each.type === type)
  );
}

function* textsIn(
  attributes: Readonly<Record<string, unknown>>,
): Generator<readonly [property: string, text: string]> {
  for (const [name, value] of Object.entries(attributes))
    if (name !== "//")
      for (const text of stringsIn(value)) yield [camelCase(text.name ?? name), text.text];
}

/** Texts at any depth, with the name of the innermost property. */
function* stringsIn(
  value: unknown,
  name?: string,
): Generator<{ name?: string | undefined; text: string }> {
  if (typeof value === "string") yield { name, text: value };
  else if (Array.isArray(value)) for (const part of value) yield* stringsIn(part, name);
  else if (typeof value === "object" && value !== null)
    for (const [key, part] of Object.entries(value)) yield* stringsIn(part, key);
}
