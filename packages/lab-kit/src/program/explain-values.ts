import { attributeFor, suggested } from "./explain-names.ts";
import { listForOne, notDependable, nothingGiven } from "./explain-lists.ts";
import { givenAt, missingProperties, wantsOne, type Given } from "./given.ts";
import type { Explain, Explanation, Wrong } from "./wrong.ts";

/** 2322, 2740: a value of another type than the one that is wanted. */
const otherType: Explain = async (wrong) => {
  const missing = missingProperties(wrong);
  if (missing) return missing;
  const [, source = "", target = ""] =
    /^Type '(.+)' is (?:not assignable to|missing the following properties from) type '(.+?)'[.:]/.exec(
      wrong.text,
    ) ?? [];
  const wanted = target.replace(/ \| (?:IResolvable|undefined)|(?:IResolvable|undefined) \| /g, "");
  const given = givenAt(wrong);
  if (given === undefined) return undefined;
  const { property, value } = given;
  const name = property ?? value;
  if (/tags$/i.test(name) && source.startsWith("{")) return wantsPairs(name);
  if (wanted === "ITerraformDependable" && source === "string") return notDependable(value);
  if (/^void(?:\[\])?$/.test(source)) return nothingGiven(value, source, wrong);
  if (wanted === "string" && source.startsWith("{")) return wantsJson(name, value);
  if (wanted === "string" && source.endsWith("[]")) return listForOne(given, name);
  if (wanted.startsWith("{ [key: string]: string")) return wantsPairs(name);
  if (wanted.endsWith("[]") && !source.endsWith("[]")) return wantsList(given, name, wrong, wanted);
  if (source.endsWith("[]") && !wanted.endsWith("[]")) return wantsOne(name);
  if (/^\(.*\) => /.test(source) && !wanted.includes("=>")) return uncalled(value);
  if (/^[A-Z]\w*$/.test(source) && wanted === "string") return wholeConstruct(given, source, wrong);
  const literal = asLiteral(value, wanted);
  if (literal !== undefined) return wantsLiteral(given, name, wanted, literal);
  return source in KINDS && wanted in KINDS ? wantsKind(name, wanted) : undefined;
};

/** 2559: a text or a number where an object is wanted that may be empty. */
const wantsObject: Explain = (wrong) => {
  const { property, value } = givenAt(wrong)!;
  const name = property ?? value;
  return {
    says: [`${name} takes an object.`, `${name} にはオブジェクトを渡します。`],
    advice: ["Write its properties in braces:", "波かっこの中にプロパティを書きます。"],
    write: `${name}: { … }`,
  };
};

function wantsKind(name: string, wanted: string): Explanation {
  const kind = KINDS[wanted]!;
  return { says: [`${name} takes ${kind[0]}.`, `${name} には${kind[1]}を渡します。`] };
}

function wantsLiteral(
  { inList }: Given,
  name: string,
  wanted: string,
  literal: string,
): Explanation {
  return {
    ...wantsKind(name, wanted),
    advice: ["Write:", "次のように書きます。"],
    write: inList ? literal : `${name}: ${literal}`,
  };
}

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  string: ["a string, in quotes", "引用符で囲んだ文字列"],
  number: ["a number, without quotes", "引用符のない数値"],
  boolean: ["true or false, without quotes", "引用符のない true か false "],
};

/** The same value as what is wanted; undefined where it cannot be told. */
function asLiteral(value: string, wanted: string): string | undefined {
  const bare = /^["'`](.*)["'`]$/.exec(value)?.[1];
  if (wanted === "string" && /^(?:-?\d[\d_.]*|true|false)$/.test(value)) return `"${value}"`;
  // With a unit after it as well: "180 days".
  if (wanted === "number" && bare !== undefined)
    return /^(-?\d+(?:\.\d+)?)(?:\s*[a-zA-Z%]*)$/.exec(bare)?.[1];
  if (wanted !== "boolean") return undefined;
  const word = (bare ?? value).toLowerCase();
  if (/^(?:true|yes|on|1|enabled)$/.test(word)) return "true";
  return /^(?:false|no|off|0|disabled)$/.test(word) ? "false" : undefined;
}

async function wantsList(
  given: Given,
  name: string,
  wrong: Wrong,
  wanted: string,
): Promise<Explanation> {
  const { value, start } = given;
  const members =
    /^\w+$/.test(value) && wanted === "string[]"
      ? await wrong.types.membersAt(wrong.fileName, start)
      : [];
  const [attribute] = members.includes("node") ? attributeFor(name, members) : [];
  const [first = ""] = value.split("\n");
  const item =
    attribute === undefined ? (first === value ? value : `${first} …`) : `${value}.${attribute}`;
  return {
    says: [`${name} takes a list.`, `${name} にはリストを渡します。`],
    advice: [
      "Write it in brackets, also where there is one alone:",
      "1 つだけでも角かっこで囲みます。",
    ],
    write: `${name}: [${item}]`,
  };
}

function wantsJson(name: string, value: string): Explanation {
  const [first = ""] = value.split("\n");
  return {
    says: [
      `${name} takes JSON, which is a string: this is an object.`,
      `${name} には JSON の文字列を渡しますが、これはオブジェクトです。`,
    ],
    advice: ["Make JSON of it:", "JSON にします。"],
    write: `${name}: JSON.stringify(${first === value ? value : `${first} …`})`,
  };
}

function wantsPairs(name: string): Explanation {
  return {
    says: [
      `${name} takes an object of names and values, all of them strings.`,
      `${name} には、名前と値 (どちらも文字列) のオブジェクトを渡します。`,
    ],
    advice: ["Write:", "次のように書きます。"],
    write: `${name}: { Name: "…" }`,
  };
}

function uncalled(value: string): Explanation {
  return {
    says: [
      `${value} is a function: what is wanted is what it gives.`,
      `${value} は関数です。ここで必要なのはその結果です。`,
    ],
    advice: ["Call it:", "呼び出します。"],
    write: `${value}(…)`,
  };
}

async function wholeConstruct(given: Given, type: string, wrong: Wrong): Promise<Explanation> {
  const { property, value, start, inList } = given;
  const members = await wrong.types.membersAt(wrong.fileName, start);
  const fitting = attributeFor(property ?? "", members);
  const written = fitting.map((name) =>
    inList || property === undefined ? `${value}.${name}` : `${property}: ${value}.${name}`,
  );
  return {
    says: [
      `${property ?? "This"} takes a string, and ${value} is the whole ${type}.`,
      `${property ?? "ここ"} には文字列を渡しますが、${value} は ${type} そのものです。`,
    ],
    advice:
      fitting.length === 1
        ? ["Give its attribute:", "属性を渡します。"]
        : [
            "Give one of its attributes, such as:",
            "属性のどれかを渡します。たとえば次のとおりです。",
          ],
    write: written.length > 0 ? written.join("\n") : undefined,
  };
}

/** 2353, 2561: a property that the type does not have. */
const unknownProperty: Explain = (wrong) => {
  const [, name = "", type = ""] =
    /'([^']+)' does not exist in type '([^']+)'/.exec(wrong.text) ?? [];
  const owner = type.replace(/Config$|Props$/, "");
  if (type.includes("[]")) {
    const list =
      /'([^']+)' which is declared here/.exec(wrong.relatedInformation?.[0]?.text ?? "")?.[1] ?? "";
    return {
      says: [
        `${list} takes a list of objects, not one object.`,
        `${list} には 1 つのオブジェクトではなく、オブジェクトのリストを渡します。`,
      ],
      advice: [
        "Write it in brackets, also where there is one alone:",
        "1 つだけでも角かっこで囲みます。",
      ],
      write: `${list}: [{ ${name}: … }]`,
    };
  }
  const other = suggested(wrong.text);
  return {
    says:
      other === undefined
        ? [
            `${owner} has no property ${name}.`,
            `${owner} に ${name} というプロパティはありません。`,
          ]
        : [
            `${owner} has no property ${name}. Did you mean ${other}?`,
            `${owner} に ${name} というプロパティはありません。${other} のことではありませんか。`,
          ],
  };
};

export const VALUES: Readonly<Record<number, Explain>> = {
  2322: otherType,
  2739: otherType,
  2740: otherType,
  2741: otherType,
  2559: wantsObject,
  2353: unknownProperty,
  2561: unknownProperty,
};
