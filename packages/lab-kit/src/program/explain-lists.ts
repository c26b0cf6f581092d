import type { Given } from "./given.ts";
import { lineAt } from "./explain-imports.ts";
import type { Explain, Explanation, Wrong } from "./wrong.ts";

/** `subnets.id`: what a list does not have, and its elements do. */
export function attributeOfList({ span, content, pos }: Wrong): Explanation {
  const list = /([\w.]+?)[!?]?\.$/.exec(content.slice(0, pos))?.[1] ?? "…";
  return {
    says: [
      `${list} is a list: it has no ${span}, each of its elements has.`,
      `${list} はリストです。${span} があるのはリストではなく、その要素です。`,
    ],
    advice: [
      "Give that of one of them, or those of all:",
      "1 つの要素のもの、またはすべての要素のものを渡します。",
    ],
    write: `${list}[0].${span}\n${list}.map((each) => each.${span})`,
  };
}

/** A list where its element is wanted: on its own, or within another list. */
export function listForOne({ property, value, inList }: Given, name: string): Explanation {
  if (value.startsWith("["))
    return {
      says: [`${name} takes one, not a list.`, `${name} にはリストではなく 1 つだけ渡します。`],
      advice: ["Leave the brackets out.", "角かっこを取ります。"],
    };
  if (inList)
    return {
      says: [
        `${value} is a list already: in brackets it is a list within a list.`,
        `${value} はすでにリストなので、角かっこで囲むとリストの中のリストになります。`,
      ],
      advice: [
        "Put its elements into the list, with three dots:",
        "3 つの点を付けて、要素をリストに入れます。",
      ],
      write: `${property ?? name}: [...${value}]`,
    };
  return {
    says: [
      `${name} takes one, and ${value} is a list.`,
      `${name} には 1 つだけ渡しますが、${value} はリストです。`,
    ],
    advice: ["Give one of its elements:", "要素を 1 つ渡します。"],
    write: `${name}: ${value}[0]`,
  };
}

/** What a function did not give back: nothing, or a list of nothing. @param name the constant that holds it */
export function nothingGiven(
  name: string,
  source: string,
  { content, pos, end }: Wrong,
): Explanation | undefined {
  const declared = new RegExp(`\\bconst (${name})\\s*=\\s*(?:(.+)\\.forEach\\()?`).exec(content);
  const start = declared ? declared.index + "const ".length : pos;
  const at = [start, declared ? start + name.length : end] as const;
  if (source === "void[]")
    return {
      says: [
        `${name} is a list of nothing: the function in map gives nothing back.`,
        `${name} の要素に値がありません。map の中の関数が何も返していないからです。`,
      ],
      advice: [
        "A function with braces needs return; or it has none, and gives what stands after the arrow:",
        "波かっこのある関数には return が要ります。波かっこがなければ、矢印の後ろのものを返します。",
      ],
      write: "(each) => new …",
      at,
    };
  const from = declared?.[2];
  if (from === undefined) return undefined;
  return {
    says: [
      `${name} is nothing: forEach gives nothing back.`,
      `${name} に値がありません。forEach は何も返さないからです。`,
    ],
    advice: [
      "map makes a list of what its function gives:",
      "map は、関数が返すもののリストを作ります。",
    ],
    write: `const ${name} = ${from}.map(…)`,
    at,
  };
}

/** An attribute of what a function did not give back. */
export function nothingBefore(wrong: Wrong): Explanation | undefined {
  const [, name, index] = /(\w+)(\[\d+\])?[!?]?\.$/.exec(wrong.content.slice(0, wrong.pos)) ?? [];
  if (name === undefined) return undefined;
  return nothingGiven(name, index === undefined ? "void" : "void[]", wrong);
}

/** 2491, and what follows from it: `for … in` goes through names, and here the elements are meant. */
export const namesNotElements: Explain = ({ content, pos }) => {
  const line = lineAt(content, pos);
  return {
    says: [
      "for … in goes through names; through elements goes for … of.",
      "for … in で取り出せるのは名前です。要素を取り出すには for … of を使います。",
    ],
    advice: ["Write:", "次のように書きます。"],
    write: line.replace(/ in (?=[\w.]+)/, " of ").replace(/\s*\{$/, " {"),
  };
};

/** Where in the file a constant goes through names; undefined where it does not. */
export function loopOverNames(name: string, content: string): number | undefined {
  const found = new RegExp(`\\bfor \\((?:const|let) ${name} in `).exec(content);
  return found?.index;
}

/** What stands in `dependsOn`: the constructs themselves. */
export function notDependable(value: string): Explanation {
  const whole = /^(\w+(?:\.\w+)*)\.\w+$/.exec(value)?.[1];
  if (whole === undefined)
    return {
      says: [
        "dependsOn takes the constructs themselves, not their names.",
        "dependsOn には、名前ではなくコンストラクトそのものを渡します。",
      ],
      advice: [
        "Give the constant that holds it, without quotes.",
        "それが入っている定数を、引用符なしで渡します。",
      ],
    };
  return {
    says: [
      `dependsOn takes the construct itself, and ${value} is one of its attributes.`,
      `dependsOn にはコンストラクトそのものを渡しますが、${value} はその属性です。`,
    ],
    advice: ["Write:", "次のように書きます。"],
    write: `dependsOn: [${whole}]`,
  };
}
