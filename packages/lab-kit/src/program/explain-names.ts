import {
  attributeOfList,
  loopOverNames,
  namesNotElements,
  nothingBefore,
} from "./explain-lists.ts";
import { lineAt, missingImport, nearestOwnName } from "./explain-imports.ts";
import type { Explain, Explanation, Wrong } from "./wrong.ts";
import { closestTo } from "./importable-names.ts";

/** 2304, 2552: nothing has this name. */
const noName: Explain = (wrong) => {
  const { span, text } = wrong;
  if (/^[a-z]/.test(span)) {
    const unnamed = unnamedConstruct(wrong);
    if (unnamed) return unnamed;
    const own = nearestOwnName(wrong) ?? suggested(text);
    if (own !== undefined && /^[a-z]/.test(own)) return meant(span, own);
  }
  const global = GLOBALS.find((each) => each.toLowerCase() === span.toLowerCase());
  if (global !== undefined) return meant(span, global);
  return (
    missingImport(wrong) ?? {
      says: [`Nothing here is called ${span}.`, `${span} という名前のものはありません。`],
      advice: [
        "A name stands for something once it is declared: const, a parameter, or an import.",
        "名前は const、引数、インポートのどれかで宣言してから使います。",
      ],
      original: null,
    }
  );
};

/** What is there without an import, and is written in other letters. */
const GLOBALS = ["JSON", "Number", "String", "Boolean", "Object", "Array", "Math", "console"];

/** `vpc` where `new Vpc(…)` stands there without a name. */
function unnamedConstruct({ span, content }: Wrong): Explanation | undefined {
  const made = new RegExp(`^[ \\t]*(new \\w*${span}\\w*\\()`, "im").exec(content);
  if (made === null) return undefined;
  const start = made.index + made[0].length - made[1]!.length;
  return {
    says: [
      `${span} is used, but what is made here has no name.`,
      `${span} が使われていますが、ここで作ったものに名前がありません。`,
    ],
    advice: ["Keep it in a constant:", "定数に入れます。"],
    write: `const ${span} = ${lineAt(content, start)}`,
    at: [start, start + made[1]!.length - 1],
    original: null,
  };
}

/** 2551: no such property, and the compiler knows which is meant. */
const similarProperty: Explain = (wrong) => {
  const other = suggested(wrong.text);
  return other === undefined ? undefined : meant(wrong.span, other);
};

/** 2339: no such property. */
const noProperty: Explain = async (wrong) => {
  const { span, text, pos, fileName, content, types } = wrong;
  const type = /on type '([^']+)'/.exec(text)?.[1] ?? "";
  if (type.startsWith("typeof ")) return undefined;
  if (type.endsWith("[]")) return attributeOfList(wrong);
  const owner = /(\w+)\.$/.exec(content.slice(0, pos))?.[1] ?? "";
  if (type === "void") return nothingBefore(wrong);
  const loop = type === "string" ? loopOverNames(owner, content) : undefined;
  if (loop !== undefined) {
    const explained = await namesNotElements({ ...wrong, pos: loop, end: loop });
    return explained && { ...explained, at: [loop, loop + "for".length] };
  }
  const members = await types.membersAt(fileName, pos - 2);
  const other =
    attributeFor(span, members)[0] ?? closestTo(span, members) ?? beginsLike(span, members);
  if (other === undefined) return undefined;
  return {
    says: [`${type} has no ${span}.`, `${type} に ${span} はありません。`],
    advice: [`Did you mean ${other}?`, `${other} のことではありませんか。`],
  };
};

function beginsLike(name: string, members: readonly string[]): string | undefined {
  const stem = name.replace(/s$/, "");
  return members.find((each) => stem.length > 3 && each.startsWith(stem));
}

/** 2448, 2454: used above the line that declares it. */
const tooEarly: Explain = ({ span, pos, relatedInformation, content }) => {
  const declared = relatedInformation?.[0]?.pos;
  if (declared !== undefined && declared < pos) return refersToItself(span);
  const line = declared === undefined ? undefined : lineNumber(content, declared);
  return {
    says:
      line === undefined
        ? [`${span} is used before it is made.`, `${span} を、作る前に使っています。`]
        : [
            `${span} is used before it is made: it is declared further down, in line ${line}.`,
            `${span} を、作る前に使っています。宣言は後ろの ${line} 行目にあります。`,
          ],
    advice: [
      "What others refer to comes first: move its declaration up.",
      "ほかから参照されるものを先に書きます。宣言を上に移してください。",
    ],
  };
};

function refersToItself(name: string): Explanation {
  return {
    says: [
      `${name} refers to itself: it is used in the lines that make it.`,
      `${name} が自分自身を参照しています。それを作る行の中で使われています。`,
    ],
    advice: [
      "Make it without that first; what refers to it is a resource of its own, further down.",
      "まずそれなしで作ります。それを参照するものは、別のリソースとして後ろに書きます。",
    ],
  };
}

/** 2451, 2300: two of one name. */
const twice: Explain = ({ span, content }) => {
  const lines = [...content.matchAll(new RegExp(`\\b(?:const|let|class)\\s+${span}\\b`, "g"))].map(
    ({ index }) => lineNumber(content, index),
  );
  return {
    says: [
      `Two things here are called ${span}${lines.length > 1 ? `: lines ${lines.join(" and ")}` : ""}.`,
      `${span} という名前のものが 2 つあります${lines.length > 1 ? ` (${lines.join(" 行目と ")} 行目)` : ""}。`,
    ],
    advice: ["Give one of them another name.", "どちらかを別の名前にします。"],
  };
};

/** 1117: a property that is given twice. */
const propertyTwice: Explain = ({ span }) => ({
  says: [`${span} is given twice.`, `${span} が 2 回書かれています。`],
  advice: [
    "Only the last one would count: leave one of them out.",
    "有効なのは最後のものだけです。片方を消してください。",
  ],
});

/** 2588: a constant that is given another value. */
const constant: Explain = ({ span }) => ({
  says: [
    `${span} is a constant: it keeps the value that it has.`,
    `${span} は定数なので、値を変えられません。`,
  ],
  advice: [
    "What changes is declared with let, or has a name of its own.",
    "値が変わるものは let で宣言するか、別の名前にします。",
  ],
});

export const NAMES: Readonly<Record<number, Explain>> = {
  2304: noName,
  2503: noName,
  2552: noName,
  2551: similarProperty,
  2339: noProperty,
  2448: tooEarly,
  2449: tooEarly,
  2454: tooEarly,
  2300: twice,
  2451: twice,
  1117: propertyTwice,
  2588: constant,
};

/**
 * Which attributes of a construct a property can mean, the likeliest first.
 *
 * @param property what the value is given to, such as `vpcId` or `taskDefinition`
 * @param members what the construct has
 */
export function attributeFor(property: string, members: readonly string[]): readonly string[] {
  const wanted = wantedAttributes(property).filter((name) => members.includes(name));
  const own = members.includes(property) ? [property] : [];
  return [...new Set([...own, ...wanted])];
}

/** Properties whose name does not say which attribute they take, as the provider's pages have them. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  taskDefinition: ["arn"],
  cluster: ["arn", "id"],
  repository: ["name"],
  role: ["name", "id"],
  iamRole: ["arn"],
  policy: ["json", "policy"],
  loadBalancer: ["arn"],
  bucket: ["id", "bucket"],
  logGroup: ["name"],
  subnets: ["id"],
  securityGroups: ["id"],
};

function wantedAttributes(property: string): readonly string[] {
  const known = TAKES[property];
  if (known) return known;
  if (/arns?$/i.test(property)) return ["arn"];
  if (/ids?$/i.test(property)) return ["id"];
  if (/names?$/i.test(property)) return ["name"];
  return ["id", "arn", "name"];
}

/** What the compiler itself thinks is meant. */
export function suggested(text: string): string | undefined {
  return /Did you mean (?:to write )?'([^']+)'/.exec(text)?.[1];
}

function meant(name: string, other: string): Explanation {
  return {
    says: [
      `There is no ${name}. Did you mean ${other}?`,
      `${name} はありません。${other} のことではありませんか。`,
    ],
  };
}

function lineNumber(content: string, offset: number): number {
  return content.slice(0, offset).split("\n").length;
}
