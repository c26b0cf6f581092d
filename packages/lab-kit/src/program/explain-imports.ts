import type { Explain, Explanation, Wrong } from "./wrong.ts";
import { closestTo, importLine, type ImportableNames } from "./importable-names.ts";
import { placeOf, type Problem } from "./problem.ts";

const PROVIDER = "@cdktf/provider-aws";

/** 2307: the module is not there. */
const noModule: Explain = ({ span, importable, content, pos }) => {
  const module = span.replaceAll(/["']/g, "");
  if (module.startsWith(".")) return noFile(module);
  const meant = importable.nearestModule(module);
  const says = [`There is no module ${module}.`, `モジュール ${module} はありません。`] as const;
  if (meant === undefined) {
    const lines = importedNames(lineAt(content, pos)).flatMap((name) => importable.find(name));
    if (lines.length === 0) return { says };
    return {
      says,
      advice: ["Here, in its place:", "ここでは代わりに次のようにします。"],
      write: lines.map(importLine).join("\n"),
      original: null,
    };
  }
  const advice = module.startsWith(PROVIDER)
    ? ([
        "A class of the AWS provider has a path of its own, which ends with /index.js:",
        "AWS プロバイダーのクラスには、それぞれ /index.js で終わるパスがあります。",
      ] as const)
    : (["Write:", "次のように書きます。"] as const);
  return { says, advice, write: lineAt(content, pos).replace(module, meant), original: null };
};

/** The names between the braces of an import. */
function importedNames(line: string): readonly string[] {
  const between = /\{([^}]*)\}/.exec(line)?.[1] ?? "";
  return between.split(",").map((part) => part.trim().replace(/^type\s+|\s+as\s+.*$/g, ""));
}

function noFile(module: string): Explanation {
  return {
    says: [
      `There is no file ${module} beside this one.`,
      `このファイルの隣に ${module} はありません。`,
    ],
    advice: [
      "Look at the name and at its folder: ./ is the folder of this file, ../ the one above it.",
      "ファイル名とフォルダーを確かめてください。./ はこのファイルのフォルダー、../ はその 1 つ上です。",
    ],
  };
}

/** 2834, 2835: a file of one's own, without the end of its name. */
const noExtension: Explain = ({ span, content, pos }) => {
  const module = span.replaceAll(/["']/g, "");
  return {
    says: [
      `A file is imported by its whole name, with .ts at the end.`,
      `ファイルは .ts まで含めた名前でインポートします。`,
    ],
    advice: ["Write:", "次のように書きます。"],
    write: lineAt(content, pos).replace(module, `${module}.ts`),
    original: null,
  };
};

/** 2305, 2614, 2724: the module is there, and has nothing of this name. */
const noExport: Explain = ({ span, text, content, pos, importable }) => {
  const similar = /Did you mean '([^']+)'/.exec(text)?.[1];
  const module = /"([^"]+)"/.exec(text)?.[1]?.replace(/\/index$/, "/index.js") ?? "";
  const exact = importable.find(span);
  const nearest = importable.nearest(span);
  const likely = exact.length > 0 ? exact : nearest ? [nearest] : [];
  const found = likely.length > 0 || similar === undefined ? likely : importable.find(similar);
  const says = [
    `${module} exports nothing called ${span}.`,
    `${module} には ${span} がありません。`,
  ] as const;
  if (found.length === 0) return { says };
  return {
    says,
    advice: ["In place of this line:", "この行を次のようにします。"],
    write: found.map(importLine).join("\n"),
    original: lineAt(content, pos).includes(`${span},`) ? text : null,
  };
};

/** 2351: imported without braces, so that the name is the whole module. */
const noConstructor: Explain = ({ span, content, importable }) => {
  const line = new RegExp(`^import ${span} from .*$`, "m").exec(content);
  const [found] = importable.find(span);
  if (line === null || found === undefined) return undefined;
  return {
    says: [
      `${span} is imported without braces, which means all of its module.`,
      `${span} が波かっこなしでインポートされています。これではモジュール全体を指します。`,
    ],
    advice: ["Write:", "次のように書きます。"],
    write: importLine(found),
    at: [line.index + 7, line.index + 7 + span.length],
    original: null,
  };
};

/** 1484: a type, imported as if it were there when the program runs. */
const typeImport: Explain = ({ span, content, pos }) => {
  const line = lineAt(content, pos);
  const isAlone = /^import \{ \w+ \} from/.test(line);
  return {
    says: [
      `${span} is a type alone: Node, which runs this file as it is, finds nothing of this name.`,
      `${span} は型だけなので、このファイルをそのまま実行する Node には見つかりません。`,
    ],
    advice: ["Say that it is a type:", "型であることを書きます。"],
    write: isAlone ? line.replace("import {", "import type {") : line.replace(span, `type ${span}`),
  };
};

/** 1361: a class, imported as a type, and used with `new`. */
const valueImport: Explain = ({ span, importable }) => {
  const [found] = importable.find(span);
  return {
    says: [
      `${span} is imported with "import type", and used when the program runs.`,
      `${span} は import type でインポートされているのに、実行時に使われています。`,
    ],
    advice: ['Leave "type" out of its import:', "インポートから type を取ります。"],
    write: found && importLine(found),
  };
};

export const IMPORTS: Readonly<Record<number, Explain>> = {
  2307: noModule,
  2834: noExtension,
  2835: noExtension,
  2305: noExport,
  2614: noExport,
  2724: noExport,
  2351: noConstructor,
  1361: valueImport,
  1484: typeImport,
};

/**
 * An import of the whole AWS provider. It is looked for before the compiler is asked: that would read all of it, which
 * takes seconds, and Node, which would then do the same, finds no class in it.
 */
export function wholeProvider(
  file: string,
  content: string,
  importable: ImportableNames,
): Problem | undefined {
  const found = /^import\s+(?:type\s+)?([^;'"]*?)\s*from\s*["']@cdktf\/provider-aws["'];?/m.exec(
    content,
  );
  if (found === null) return undefined;
  const names = [...found[1]!.matchAll(/(\w+)(?:\s+as\s+\w+)?\s*(?=[,}])/g)].map(
    ([, name]) => name!,
  );
  const used =
    names.length > 0
      ? names
      : [...content.matchAll(/new \w+\.(?:\w+\.)?(\w+)\(/g)].map(([, name]) => name!);
  const classes = used.map((name) => `${name[0]!.toUpperCase()}${name.slice(1)}`);
  const lines = new Set(
    classes.flatMap((name) => importable.find(name).slice(0, 1)).map(importLine),
  );
  return {
    says: [
      "The whole AWS provider is imported, which has no class of its own.",
      "AWS プロバイダー全体がインポートされていますが、そこにクラスはありません。",
    ],
    place: placeOf(file, content, found.index, found.index + found[0].length),
    advice: [
      "Each class has a path of its own. In place of this line:",
      "クラスには 1 つずつパスがあります。この行を次のようにします。",
    ],
    isFatal: true,
    write: [...lines].join("\n") || 'import { … } from "@cdktf/provider-aws/lib/…/index.js";',
  };
}

/**
 * What to say of a name that is not imported.
 *
 * @returns undefined where nothing of that name could be
 */
export function missingImport({ span, importable, text }: Wrong): Explanation | undefined {
  const exact = importable.find(span);
  if (exact.length > 0) {
    const several = exact.length > 1;
    return {
      says: [`${span} is not imported.`, `${span} がインポートされていません。`],
      advice: several
        ? [
            `There are ${exact.length} of this name: AWS's own, and the workbook's. Add one of these lines at the top:`,
            `この名前のものは ${exact.length} つあります (AWS のものとワークブックのもの)。先頭にどちらかの行を加えます。`,
          ]
        : ["Add this line at the top:", "先頭に次の行を加えます。"],
      write: exact.map(importLine).join("\n"),
      original: text.replace(/ Did you mean.*/, ""),
    };
  }
  const nearest = /^[A-Z]/.test(span) ? importable.nearest(span) : undefined;
  if (nearest === undefined) return undefined;
  return {
    says: [
      `There is no ${span}. Did you mean ${nearest.name}?`,
      `${span} はありません。${nearest.name} のことではありませんか。`,
    ],
    advice: ["It is imported with:", "インポートは次のとおりです。"],
    write: importLine(nearest),
    original: null,
  };
}

/** The one of the file's own names that is so like another that it must be meant. */
export function nearestOwnName({ span, content }: Wrong): string | undefined {
  const declared = content.matchAll(
    /\b(?:const|let|var|class|function)\s+(\w+)|(\w+)\s*:\s*(?:Construct|Settings)\b/g,
  );
  const names = [...declared].map(([, name, parameter]) => name ?? parameter!);
  const others = [...new Set(names)].filter((name) => name !== span);
  return closestTo(span, others) ?? others.find((name) => letters(name) === letters(span));
}

/** The letters of a name in alphabetical order: `vcp` is `vpc`, mistyped. */
function letters(name: string): string {
  return [...name].toSorted().join("");
}

/** The line that an offset lies in, without what stands before and after. */
export function lineAt(content: string, offset: number): string {
  const start = content.lastIndexOf("\n", offset - 1) + 1;
  const end = content.indexOf("\n", offset);
  return content.slice(start, end === -1 ? content.length : end).trim();
}
