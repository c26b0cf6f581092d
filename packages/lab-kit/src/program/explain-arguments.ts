import { both, type Words } from "@workbook/toolchain";
import { nothingGiven } from "./explain-lists.ts";
import { missingProperties } from "./given.ts";
import type { Explain, Explanation } from "./wrong.ts";

/** 2345: an argument of another type. */
const otherArgument: Explain = (wrong) => {
  const { span, content, pos, importable } = wrong;
  if (span === "this") return noStack();
  const missing = missingProperties(wrong);
  if (missing) return missing;
  const [, source = "", target = ""] =
    /^Argument of type '(.+)' is not assignable to parameter of type '(.+)'\.$/.exec(wrong.text) ??
    [];
  const made = /new (\w+)\([^()]*$/.exec(content.slice(0, pos))?.[1];
  if (target === "Construct" && made !== undefined)
    return arguments_(made, ["what it belongs to", "どこに属するか"]);
  if (target === "string" && source.startsWith("{") && made !== undefined)
    return arguments_(made, ["its name in the stack", "スタック内での名前"]);
  if (/^void(?:\[\])?$/.test(source)) return nothingGiven(span, source, wrong);
  const choices = importable.choices(target);
  if (choices.length === 0) return undefined;
  const quoted = choices.map((choice) => `"${choice}"`);
  return {
    says: [`${span} is none of the values that can stand here.`, `ここに ${span} は書けません。`],
    advice: [`Write one of ${quoted.join(", ")}.`, `${quoted.join("、")} のどれかを書きます。`],
  };
};

function arguments_(made: string, forgotten: Words): Explanation {
  return {
    says: both`${made}${[" is not told ", " に、"]}${forgotten}${[".", "が渡されていません。"]}`,
    advice: [
      "A construct takes three things: what it belongs to (this), its name in the stack, its properties.",
      "コンストラクトには、どこに属するか (this)、スタック内での名前、プロパティの 3 つを渡します。",
    ],
    write: `new ${made}(this, "…", { … })`,
  };
}

/** 2554: too few or too many arguments. */
const argumentCount: Explain = ({ span, text, relatedInformation }) => {
  const related = relatedInformation?.[0]?.text ?? "";
  const [, wanted, got] = /Expected (\d)(?:-\d)? arguments, but got (\d)/.exec(text) ?? [];
  if (/^super\b/.test(span)) return superCall();
  const made = /^new (\w+)\(/.exec(span)?.[1];
  if (made === undefined) return otherCount(span, Number(wanted), Number(got), related);
  if (!(Number(got) < Number(wanted))) return undefined;
  return arguments_(
    made,
    Number(got) < 2
      ? ["its name in the stack", "スタック内での名前"]
      : ["its properties", "プロパティ"],
  );
};

/** @param related the compiler's word of what is left out */
function otherCount(
  span: string,
  wanted: number,
  got: number,
  related: string,
): Explanation | undefined {
  if (!/^\w+$/.test(span) || Number.isNaN(wanted)) return undefined;
  const missing = /argument for '(\w+)'/.exec(related)?.[1];
  return {
    says:
      missing === undefined
        ? [
            `${span} wants ${wanted} values in its round brackets, and is given ${got}.`,
            `${span} の丸かっこには値を ${wanted} 個渡しますが、${got} 個になっています。`,
          ]
        : [
            `${span} is not given ${missing}: it wants ${wanted} values, and is given ${got}.`,
            `${span} に ${missing} が渡されていません。必要な値は ${wanted} 個ですが、${got} 個になっています。`,
          ],
  };
}

function noStack(): Explanation {
  return {
    says: [
      '"this" is no stack here, so nothing can belong to it.',
      "ここの this はスタックではないので、何も属することができません。",
    ],
    advice: [
      "A stack is a class that extends WorkbookStack.",
      "スタックは WorkbookStack を継承するクラスです。",
    ],
    original: null,
  };
}

function superCall(): Explanation {
  return {
    says: ["super wants three things.", "super には 3 つの引数を渡します。"],
    advice: [
      "The app, the name of the stack (images or service), and the settings:",
      "アプリ、スタックの名前 (images か service)、設定の 3 つです。",
    ],
    write: 'super(scope, "service", settings);',
  };
}

export const ARGUMENTS: Readonly<Record<number, Explain>> = {
  2345: otherArgument,
  2554: argumentCount,
};
