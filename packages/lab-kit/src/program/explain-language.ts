import { namesNotElements } from "./explain-lists.ts";
import type { Explain } from "./wrong.ts";

/** 1308: nothing that a stack is made of is waited for. */
const awaits: Explain = () => ({
  says: [
    "await cannot stand here: a constructor waits for nothing.",
    "ここに await は書けません。コンストラクターは何も待たないからです。",
  ],
  advice: [
    "A construct describes something, and is there at once: leave await out.",
    "コンストラクトは記述であり、すぐにできあがります。await を消してください。",
  ],
});

/** 1089: a constructor is never asynchronous. */
const modifier: Explain = ({ span }) => ({
  says: [
    `${span} cannot stand before a constructor.`,
    `コンストラクターの前に ${span} は書けません。`,
  ],
  advice: [
    "Leave it out: a stack describes, and waits for nothing.",
    "消してください。スタックは記述であり、何も待ちません。",
  ],
});

/** 2377, 17009: `super` comes first. */
const superFirst: Explain = ({ content, pos }) => {
  const id = content.slice(0, pos).includes("ServiceStack") ? "service" : "images";
  return {
    says: [
      'A constructor begins with its call of super: before that, there is no "this".',
      "コンストラクターは super の呼び出しから始まります。それまで this はありません。",
    ],
    advice: [
      "The first line of the constructor is:",
      "コンストラクターの 1 行目は次のとおりです。",
    ],
    write: `super(scope, "${id}", settings);`,
  };
};

/** 1294: what is more than a type, and not JavaScript. */
const notErasable: Explain = ({ span, content, pos }) => {
  const isEnum = /\benum\s+$/.test(content.slice(0, pos));
  if (isEnum)
    return {
      says: [
        "Node runs this file as it is, and has no enum.",
        "Node はこのファイルをそのまま実行しますが、enum はありません。",
      ],
      advice: ["Write an object in its place:", "代わりにオブジェクトを書きます。"],
      write: `const ${span} = { … } as const;`,
    };
  return {
    says: [
      "Node runs this file as it is, and knows nothing of this TypeScript.",
      "Node はこのファイルをそのまま実行しますが、この TypeScript の書き方は実行できません。",
    ],
    advice: [
      "Leave private, public or readonly out of the parameter, and set the property in the constructor.",
      "引数から private、public、readonly を取り、コンストラクターの中でプロパティに代入します。",
    ],
  };
};

/** 2348: a class is made with `new`. */
const forgotNew: Explain = ({ span }) => ({
  says: [
    '"new" is missing: a class is not called, it is made.',
    "new がありません。クラスは呼び出すのではなく、new で作ります。",
  ],
  advice: ["Write:", "次のように書きます。"],
  write: `new ${span.split("\n")[0]!}`,
});

/** 1312: `=` in an object. */
const equals: Explain = () => ({
  says: [
    "In an object a property has a colon, not an equals sign.",
    "オブジェクトのプロパティは = ではなくコロンで書きます。",
  ],
  advice: ["Write name: value.", "「名前: 値」と書きます。"],
});

/** 2335: a class that extends nothing. */
const noParent: Explain = ({ content, pos }) => {
  const name = /class (\w+)[^{]*\{(?![\s\S]*class )/.exec(content.slice(0, pos))?.[1];
  return {
    says: [
      "There is no super here: this class extends none.",
      "このクラスは何も継承していないので、super はありません。",
    ],
    advice: [
      "A stack of the workbook begins with:",
      "ワークブックのスタックは次のように始まります。",
    ],
    write: `export class ${name ?? "ServiceStack"} extends WorkbookStack {`,
  };
};

/** 2663: a method of one's own, called without `this`. */
const forgotThis: Explain = ({ span }) => ({
  says: [
    `${span} belongs to this class, and is reached through "this".`,
    `${span} はこのクラスのものなので、this を付けて呼び出します。`,
  ],
  advice: ["Write:", "次のように書きます。"],
  write: `this.${span}`,
});

/** 2349: what is called is no function. */
const notCallable: Explain = ({ span }) => ({
  says: [
    `${span} is no function, so it cannot be called.`,
    `${span} は関数ではないので、呼び出せません。`,
  ],
  ...(span === "JSON"
    ? {
        advice: ["What makes JSON of something is:", "JSON にするのは次の関数です。"] as const,
        write: "JSON.stringify(…)",
      }
    : {
        advice: [
          "Leave the round brackets out, or call one of its methods.",
          "丸かっこを取るか、そのメソッドを呼び出します。",
        ] as const,
      }),
});

/** 6234: an attribute with round brackets. */
const calledAttribute: Explain = ({ span }) => ({
  says: [
    `${span} is a value and no function: it has no round brackets.`,
    `${span} は関数ではなく値なので、丸かっこは付けません。`,
  ],
  advice: ["Write:", "次のように書きます。"],
  write: span,
});

/** 2355: a method with the type of what it gives, and without return. */
const noReturn: Explain = ({ span }) => ({
  says: [
    `This method says that it gives a ${span}, and gives nothing back.`,
    `このメソッドは ${span} を返すと書かれていますが、何も返していません。`,
  ],
  advice: ["Its last line says what it gives:", "最後の行で、返すものを書きます。"],
  write: "return …;",
});

/** 1184: private and the like, within a method. */
const noMember: Explain = ({ span }) => ({
  says: [
    `${span} stands before what belongs to a class, not in front of a line of a method.`,
    `${span} を書けるのはクラスに属するものの前だけです。メソッドの中の行には書けません。`,
  ],
  advice: ["Leave it out.", "消してください。"],
});

export const LANGUAGE: Readonly<Record<number, Explain>> = {
  1308: awaits,
  1089: modifier,
  2377: superFirst,
  17009: superFirst,
  1294: notErasable,
  2335: noParent,
  2663: forgotThis,
  2348: forgotNew,
  1312: equals,
  1184: noMember,
  2349: notCallable,
  2355: noReturn,
  6234: calledAttribute,
  2491: namesNotElements,
};
