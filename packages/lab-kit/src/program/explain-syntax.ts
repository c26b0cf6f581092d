import type { Explain, Explanation, Wrong } from "./wrong.ts";

/** 1005: the compiler expected a sign that is not there. */
const expected: Explain = (wrong) => {
  const sign = /^'(.+)' expected/.exec(wrong.text)?.[1] ?? "";
  if (sign === "," || sign === ":") return separator(wrong, sign);
  const opened = wrong.relatedInformation?.[0];
  if (opened) return neverClosed(wrong, opened.pos, sign);
  return {
    says: [`A ${sign} is missing here.`, `ここに ${sign} が足りません。`],
  };
};

function separator(wrong: Wrong, sign: string): Explanation {
  const { span, content, pos } = wrong;
  const before = content.slice(0, pos).trimEnd();
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const open = innermost(before);
  if (span === ";" && open === "(")
    return {
      says: ["A ) is missing before this semicolon.", "このセミコロンの前に ) がありません。"],
      advice: ["What begins with ( ends with ).", "( で始まるものは ) で終わります。"],
    };
  if (span === ";")
    return {
      says: [
        "Inside of braces and brackets a comma ends a part, not a semicolon.",
        "波かっこやかっこの中の区切りは、セミコロンではなくコンマです。",
      ],
      advice: ["Write , in place of ;", "; を , にします。"],
    };
  if (/^[)}\]]$/.test(span)) return tooMany(span);
  const name = /^\s*(?:export\s+)?(?:const|let|var)\s+(\w+)$/.exec(line)?.[1];
  if (name !== undefined)
    return {
      says: [`An = is missing after ${name}.`, `${name} の後に = がありません。`],
      at: [pos, pos + 1],
    };
  const isSameLine = !content.slice(before.length, pos).includes("\n");
  const [en, ja] = SIGNS[sign]!;
  return {
    says: isSameLine
      ? [`A ${en} is missing after this.`, `この後に${ja}がありません。`]
      : [`A ${en} is missing at the end of this line.`, `この行の終わりに${ja}がありません。`],
    advice: ["Each property ends with a comma.", "プロパティは 1 つずつコンマで区切ります。"],
    at: [before.length - 1, before.length],
  };
}

/** The bracket that is open at the end of some code; undefined where none is. Texts and comments do not count. */
function innermost(code: string): string | undefined {
  const open: string[] = [];
  const bare = code.replaceAll(/"[^"\n]*"|'[^'\n]*'|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "");
  for (const sign of bare) {
    if ("([{".includes(sign)) open.push(sign);
    else if (")]}".includes(sign)) open.pop();
  }
  return open.at(-1);
}

const SIGNS: Readonly<Record<string, readonly [string, string]>> = {
  ",": ["comma", "コンマ"],
  ":": ["colon", "コロン"],
};

function tooMany(sign: string): Explanation {
  return {
    says: [
      `This ${sign} closes nothing: there is one too many, or it is of the wrong kind.`,
      `この ${sign} に対応する始まりがありません。1 つ多いか、種類が違います。`,
    ],
    advice: [
      "Go back from here and pair what opens with what closes: ( ), { }, [ ].",
      "ここからさかのぼって、( )、{ }、[ ] の組を確かめてください。",
    ],
  };
}

function neverClosed({ content }: Wrong, start: number, sign: string): Explanation {
  const open = content[start] ?? "";
  return {
    says: [`This ${open} is never closed.`, `この ${open} が閉じられていません。`],
    advice: [
      `A ${sign} is missing before the end of the file.`,
      `ファイルの終わりまでに ${sign} が足りません。`,
    ],
    at: [start, start + 1],
    original: null,
  };
}

/** 1136, 1068, 1109, 1128, 1135: something else was expected than what stands there. */
const unexpected: Explain = ({ span, code }) => {
  if (span === ")")
    return {
      says: ["A } is missing before this ).", "この ) の前に } がありません。"],
      advice: [
        "An object that begins with { ends with }.",
        "{ で始まるオブジェクトは } で終わります。",
      ],
    };
  if (span === "export" || span === "import" || span === "class")
    return {
      says: [
        "The class above is not closed: a } is missing before this line.",
        "上のクラスが閉じられていません。この行の前に } が足りません。",
      ],
      advice: [
        "A class ends with a } of its own, after the one of its constructor.",
        "クラスは、コンストラクターの } の後に、自分の } で終わります。",
      ],
    };
  if (code === 1109 && /^[)\]]$/.test(span)) return tooMany(span);
  if (code === 1109)
    return {
      says: [
        `A value is missing here, before the ${span}`,
        `ここに値がありません (${span} の前)。`,
      ],
    };
  if (/^[)}\]]$/.test(span)) return code === 1128 || code === 1068 ? tooMany(span) : undefined;
  if (code === 1068)
    return {
      says: [
        `${span} cannot stand here, directly in the class: a } too many ends the constructor before this line.`,
        `${span} はクラスの直下には書けません。この行より前の余分な } で、コンストラクターが終わっています。`,
      ],
    };
  return undefined;
};

/** 1002, 1160: a text without its end. */
const endless: Explain = ({ content, pos, text }) => {
  const lineStart = content.lastIndexOf("\n", pos - 1) + 1;
  const isTemplate = text.includes("template");
  const quote = isTemplate ? "`" : lastQuote(content.slice(lineStart, pos));
  // A template goes on over the ends of lines, to the end of the file.
  const from = isTemplate ? 0 : lineStart;
  const start = from + content.slice(from, pos).lastIndexOf(quote);
  return {
    says: [
      `This text does not end: its closing ${quote} is missing.`,
      `この文字列が終わっていません。閉じる ${quote} がありません。`,
    ],
    ...(start >= from && { at: [start, pos] as const }),
  };
};

function lastQuote(line: string): string {
  return line.lastIndexOf('"') > line.lastIndexOf("'") ? '"' : "'";
}

/** 1127: a character that is no part of the language. */
const strange: Explain = ({ span }) => {
  const isQuote = /[\u2018-\u201F\u300C\u300D\uFF02\uFF07]/.test(span);
  const isWide = /[\u3000\uFF01-\uFF5E]/.test(span);
  if (!isQuote && !isWide) return undefined;
  return {
    says: isQuote
      ? [
          `${span} is a typographic quotation mark, which programs do not know.`,
          `${span} は組版用の引用符で、プログラムでは使えません。`,
        ]
      : [
          `This is a full-width character (${span.trim() || "a space"}), which programs do not know.`,
          `全角文字 (${span.trim() || "空白"}) はプログラムでは使えません。`,
        ],
    advice: isQuote
      ? ['Write " in its place.', '代わりに " を書きます。']
      : ["Write the half-width one.", "半角で書きます。"],
  };
};

export const SYNTAX: Readonly<Record<number, Explain>> = {
  1005: expected,
  1068: unexpected,
  1109: unexpected,
  1128: unexpected,
  1135: unexpected,
  1136: unexpected,
  1002: endless,
  1160: endless,
  1127: strange,
};
