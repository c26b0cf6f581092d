import type { Run } from "./explain-run.ts";
import { importLine } from "./importable-names.ts";
import type { Problem } from "./problem.ts";
import { duplicate, noModule, nothingThere, wholeConstruct } from "./run-error-causes.ts";

type ExplainError = (match: RegExpExecArray, run: Run) => Problem | undefined;

/** What Node, cdktf and constructs say, and what it means for a stack. The first that fits counts. */
export const RUN_ERRORS: readonly (readonly [RegExp, ExplainError])[] = [
  [
    /^process\.exit\(/,
    () => ({
      says: [
        "The program ends itself here, before its stacks are written.",
        "プログラムが、スタックを書き出す前にここで自分を終わらせています。",
      ],
      advice: ["Leave process.exit out.", "process.exit を消してください。"],
    }),
  ],
  [/^There is already a Construct with name '(.*)' in (\w+)(?: \[(.*)\])?/, duplicate],
  [
    /circular reference at '\/(resource|data)\/(\w+)\/([^/']+)\/([\w/]+?)\/node\/host/,
    wholeConstruct,
  ],
  [
    /^Trying to 'resolve\(\)' a Construct at '\/(resource|data)\/(\w+)\/([^/']+)\/([\w/]+?)'/,
    wholeConstruct,
  ],
  [
    /^Converting circular structure to JSON[\s\S]*?constructor '(\w+)'/,
    ([, type]) => ({
      says: [
        `A whole ${type} cannot be written as JSON.`,
        `${type} そのものは JSON にできません。`,
      ],
      advice: [
        "Give one of its attributes, such as .id, .arn or .name.",
        ".id、.arn、.name のような属性を渡します。",
      ],
    }),
  ],
  [
    /^You cannot use a token .* as the id of a construct/,
    () => ({
      says: [
        "The name of a construct cannot be an attribute: that is known only once Terraform has made the thing.",
        "コンストラクトの名前に属性は使えません。属性の値は Terraform が作るまで決まりません。",
      ],
      advice: [
        'Write a fixed name in quotes, such as "subnet".',
        '"subnet" のような決まった名前を書きます。',
      ],
    }),
  ],
  [
    /^No stack could be identified for the construct at path '(.*)'/,
    ([, path = ""], { place, placeAt, outcome: { origins } }) => {
      const made = origins[path] ? placeAt(origins[path]) : place;
      return {
        place: made,
        original: undefined,
        says: [
          `${path} is put into no stack: its first argument is not the stack.`,
          `${path} がスタックの外に置かれています。最初の引数がスタックではありません。`,
        ],
        advice: [
          "Inside of a stack, everything belongs to it:",
          "スタックの中のものは、すべてスタックに属します。",
        ],
        write: `${/new \w+\(/.exec(made?.source ?? "")?.[0] ?? "new …("}this, "${path}", …`,
      };
    },
  ],
  [
    /^Only root constructs may have an empty ID/,
    () => ({
      says: [
        "A construct has no name: the second argument is empty.",
        "コンストラクトの名前 (2 番目の引数) が空です。",
      ],
      advice: [
        'Write a name that is its own in this stack, such as "vpc".',
        '"vpc" のように、スタックの中で重ならない名前を書きます。',
      ],
    }),
  ],
  [
    /^Found an encoded (list|map) token/,
    ([, kind]) => ({
      says:
        kind === "list"
          ? [
              "One of a list cannot be taken with [0] here: the list is known only once Terraform has made it.",
              "このリストの要素を [0] で取り出すことはできません。リストの中身は Terraform が作るまで決まりません。",
            ]
          : [
              "A map that Terraform makes cannot be used as one value.",
              "Terraform が作るマップは、1 つの値としては使えません。",
            ],
      advice: ["Ask Terraform for it:", "Terraform に取り出させます。"],
      write: kind === "list" ? "Fn.element(list, 0)" : 'Fn.lookup(map, "key")',
    }),
  ],
  [
    /^Cannot access '(\w+)' before initialization/,
    ([, name]) => ({
      says: [`${name} is used before it is made.`, `${name} を、作る前に使っています。`],
      advice: [
        "What others refer to comes first: move its declaration up.",
        "ほかから参照されるものを先に書きます。宣言を上に移してください。",
      ],
    }),
  ],
  [/^Cannot read properties of (undefined|null) \(reading '(\w+)'\)/, nothingThere],
  [
    /^require is not defined/,
    (_match, { place }) => {
      const [, name, module] =
        /(?:const|let|var)\s+(\{[^}]*\}|\w+)\s*=\s*require\("([^"]+)"\)/.exec(
          place?.source ?? "",
        ) ?? [];
      return {
        says: [
          "These files are modules: there is import in place of require.",
          "このファイルはモジュールなので、require ではなく import を使います。",
        ],
        advice: name === undefined ? undefined : ["Write:", "次のように書きます。"],
        write: name === undefined ? undefined : `import ${name} from "${module}";`,
      };
    },
  ],
  [
    /^(\w+) is not defined/,
    ([, name = ""], { importable }) => {
      const found = importable.find(name);
      return {
        says:
          found.length > 0
            ? [`${name} is not imported.`, `${name} がインポートされていません。`]
            : [`Nothing here is called ${name}.`, `${name} という名前のものはありません。`],
        advice:
          found.length > 0 ? ["Add this line at the top:", "先頭に次の行を加えます。"] : undefined,
        write: found.length > 0 ? found.map(importLine).join("\n") : undefined,
      };
    },
  ],
  [
    /^Maximum call stack size exceeded/,
    () => ({
      says: [
        "This calls itself again and again, and never ends.",
        "自分自身を呼び続けていて、終わりません。",
      ],
      advice: ["What makes it stop?", "どうなれば止まるのかを書いてください。"],
    }),
  ],
  [
    /^Class constructor (\w+) cannot be invoked without 'new'/,
    ([, name]) => ({
      says: [
        '"new" is missing: a class is not called, it is made.',
        "new がありません。クラスは呼び出すのではなく、new で作ります。",
      ],
      advice: ["Write:", "次のように書きます。"],
      write: `new ${name}(…)`,
    }),
  ],
  [
    /^(.+) is not (a function|a constructor|iterable)/,
    ([, what, kind]) => ({
      says:
        kind === "a function"
          ? [
              `${what} cannot be called: it is no function.`,
              `${what} は関数ではないので、呼び出せません。`,
            ]
          : kind === "iterable"
            ? [`${what} is no list.`, `${what} はリストではありません。`]
            : [
                `${what} is no class: new makes nothing of it.`,
                `${what} はクラスではないので、new で作れません。`,
              ],
    }),
  ],
  [/^Cannot find (?:module|package) '([^']+)' imported from/, noModule],
  [
    /^The requested module '([^']+)' does not provide an export named '(\w+)'/,
    ([, module, name = ""], { importable }) => ({
      says: [`${module} exports nothing called ${name}.`, `${module} には ${name} がありません。`],
      write: importable.find(name).map(importLine).join("\n") || undefined,
    }),
  ],
  [
    /^Validation failed with the following errors:\s+\[?([^\]\n]*)\]?\s*(.+)/,
    ([, path, message]) => ({
      says: [`${path} is not valid: ${message}`, `${path} が正しくありません: ${message}`],
    }),
  ],
];
