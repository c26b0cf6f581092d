import type { Words } from "@workbook/toolchain";
import type { SynthReader, SynthResource } from "../synth-reader.ts";
import { attributeFor } from "./explain-names.ts";
import type { Problem } from "./problem.ts";

/** A text or a number in the JSON, and what it was given to. */
export interface Written {
  readonly resource: SynthResource;
  /** As cdktf calls it. */
  readonly property: string;
  readonly text: string;
}

type Finding = Omit<Problem, "place">;
type Find = (written: Written, synth: SynthReader) => Finding | undefined;

/** What stands for a number that is none: JSON has no NaN. */
export const NOT_A_NUMBER = "NaN";

/** What is wrong with a text; undefined where nothing is. */
export function findInText(written: Written, synth: SynthReader): Finding | undefined {
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
  pieceOfReference,
  calculated,
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
    if (/^[a-zA-Z_]\w*$/.test(expression) && !["true", "false", "null"].includes(expression))
      return inQuotes(property, expression, `\`${text}\``);
    const bare = expression.replaceAll(/"[^"]*"/g, '""');
    for (const [, root = "", name = ""] of bare.matchAll(/(?<![\w.\]-])([a-zA-Z_]\w*)\.(\w+)/g)) {
      if (ROOTS.has(root) || isDeclared(synth, resource.stack, root)) continue;
      const isAll = text === `\${${expression}}`;
      const write = isAll ? `${property}: ${root}.${name}` : `\`${text}\``;
      return inQuotes(property, expression, write);
    }
  }
  return undefined;
}

function inQuotes(property: string, expression: string, write: string) {
  return {
    says: [
      `${property} holds the letters "\${${expression}}": in quotes, nothing is put in their place.`,
      `${property} の値が文字どおり "\${${expression}}" になっています。引用符の中では置き換えられません。`,
    ] satisfies Words,
    advice: [
      "Leave quotes and braces out, or write the text in backticks:",
      "引用符と波かっこを取るか、バッククォートで囲みます。",
    ] satisfies Words,
    write,
  };
}

/** A value that is not known yet is a text that stands for it: what cuts that text breaks it. */
function pieceOfReference({ property, text }: Written): Finding | undefined {
  if (!/\$\{TfToken\[|TfToken\[TOKEN\.\d*$|^TOKEN\.\d+\]\}/.test(text)) return undefined;
  return {
    says: [
      `${property} is a piece of a reference: its value is not known yet, and cannot be cut by split, slice or replace.`,
      `${property} の値が参照の一部だけになっています。値がまだ決まっていないので、split、slice、replace では切り分けられません。`,
    ],
    advice: [
      "Terraform does that, once it knows the value:",
      "値が決まってから Terraform に切り分けさせます。",
    ],
    write: 'Fn.element(Fn.split(".", …), 0)',
  };
}

/** cdktf stands for numbers that are not known yet by ones of this size. */
const NUMBER_TOKEN = -1e280;

/** What comes of a calculation with a value that is not known yet. */
function calculated({ property, text }: Written): Finding | undefined {
  if (text !== NOT_A_NUMBER && !(Number(text) < NUMBER_TOKEN)) return undefined;
  return {
    says: [
      `${property} is calculated from a value that is not known yet: nothing comes of that.`,
      `${property} を、まだ決まっていない値から計算しています。正しい値になりません。`,
    ],
    advice: [
      "Write the number itself, or calculate it from numbers of your own.",
      "数値をそのまま書くか、自分で決めた数値から計算します。",
    ],
  };
}

function isDeclared({ resources }: SynthReader, stack: string, type: string): boolean {
  return (
    type.startsWith("aws_") || resources.some((each) => each.stack === stack && each.type === type)
  );
}
