import { sentences, type Explanation, type Wrong } from "./wrong.ts";

/** What was given to which property, as it stands in the code. */
export interface Given {
  /** The property's name; undefined for an argument. */
  readonly property: string | undefined;
  readonly value: string;
  /** Where the value begins. */
  readonly start: number;
  /** Whether the value is one of a list. */
  readonly inList: boolean;
}

/** Required properties that were left out. */
export function missingProperties(wrong: Wrong): Explanation | undefined {
  for (const sentence of sentences(wrong).toReversed()) {
    const one = /^Property '(\w+)' is missing in type '(.+)' but required in type '(\w+)'/.exec(
      sentence,
    );
    if (one?.[2]?.endsWith("[]")) return wantsOne(givenAt(wrong)?.property ?? one[3]!);
    const several = /^Type '.*' is missing the following properties from type '(\w+)': (.+)$/.exec(
      sentence,
    );
    const type = one?.[3] ?? several?.[1];
    if (type === undefined || !/Config$|Props$|^[A-Z]\w+[a-z]$/.test(type)) continue;
    const names = one ? one[1]! : several![2]!.replace(/, and \d+ more.*$/, "");
    const owner = type.replace(/Config$|Props$/, "");
    return {
      says: [
        `${owner} needs ${names.replace(/, (?=\w+$)/, " and ")} as well.`,
        `${owner} には ${names.replaceAll(", ", "、")} も必要です。`,
      ],
      advice: ["Add to these braces:", "この波かっこの中に加えます。"],
      write: names
        .split(", ")
        .map((name) => `${name}: …,`)
        .join("\n"),
    };
  }
  return undefined;
}

/** A list where one is wanted. */
export function wantsOne(name: string): Explanation {
  return {
    says: [`${name} takes one, not a list.`, `${name} にはリストではなく 1 つだけ渡します。`],
    advice: ["Leave the brackets out.", "角かっこを取ります。"],
  };
}

/** Reads the value that a diagnostic is about: of the property that it marks, or the marked value itself. */
export function givenAt({ content, pos, end, span }: Wrong): Given | undefined {
  const colon = /^\s*:\s*/.exec(content.slice(end));
  if (/^\w+$/.test(span) && colon) {
    const start = end + colon[0].length;
    return { property: span, value: valueAt(content, start), start, inList: false };
  }
  const list = /(\w+)\s*:\s*\[[^[\]]*$/.exec(content.slice(0, pos))?.[1];
  return {
    property: list ?? (/^\w+$/.test(span) ? span : undefined),
    value: span,
    start: pos,
    inList: list !== undefined,
  };
}

/** The expression that begins at an offset: up to the comma, or the bracket that closes what it stands in. */
function valueAt(content: string, start: number): string {
  let depth = 0;
  let quote = "";
  for (let at = start; at < content.length; at += 1) {
    const sign = content[at]!;
    if (quote !== "") quote = sign === quote && content[at - 1] !== "\\" ? "" : quote;
    else if (`"'\``.includes(sign)) quote = sign;
    else if ("([{".includes(sign)) depth += 1;
    else if (depth === 0 && ",)]};\n".includes(sign)) return content.slice(start, at).trim();
    else if (")]}".includes(sign)) depth -= 1;
  }
  return content.slice(start).trim();
}
