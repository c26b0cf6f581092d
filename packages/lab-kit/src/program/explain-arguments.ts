import { both, type Words } from "@workbook/toolchain";
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
const argumentCount: Explain = ({ span, text }) => {
  const [, wanted, got] = /Expected (\d)(?:-\d)? arguments, but got (\d)/.exec(text) ?? [];
  if (/^super\b/.test(span)) return superCall();
  const made = /^new (\w+)\(/.exec(span)?.[1];
  if (made === undefined || !(Number(got) < Number(wanted))) return undefined;
  return arguments_(
    made,
    Number(got) < 2
      ? ["its name in the stack", "スタック内での名前"]
      : ["its properties", "プロパティ"],
  );
};

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
