import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { attributeFor } from "./explain-names.ts";
import type { Run } from "./explain-run.ts";
import { attributePlace, camelCase, readMembers } from "./output-places.ts";
import { placeOf } from "./problem.ts";

/** Two of one name. */
export function duplicate([, name = "", type = "", path]: RegExpExecArray, run: Run) {
  if (type === "App")
    return {
      says: [
        `Two stacks call themselves "${name}".`,
        `2 つのスタックが "${name}" と名乗っています。`,
      ] as const,
      advice: [
        'The second argument of super is "images" in ImagesStack, and "service" in ServiceStack.',
        'super の 2 番目の引数は、ImagesStack では "images"、ServiceStack では "service" です。',
      ] as const,
    };
  const first = run.outcome.origins[`${path}/${name}`];
  const where = first ? `${basename(first.file)}:${first.line}` : undefined;
  return {
    says: [
      `The name "${name}" is taken${where ? `: ${where} has given it` : ""}.`,
      `"${name}" という名前は、もう使われています${where ? ` (${where})` : ""}。`,
    ] as const,
    advice: [
      "Each construct of a stack has a name of its own: give this one another.",
      "コンストラクトの名前はスタックの中で重ならないようにします。別の名前にしてください。",
    ] as const,
  };
}

/** cdktf goes round and round in a construct that stands where one of its attributes should. */
export function wholeConstruct(
  [, kind, type = "", name = "", attribute = ""]: RegExpExecArray,
  run: Run,
) {
  const property = camelCase(attribute.split("/").findLast((part) => !/^\d+$/.test(part)) ?? "");
  const place =
    attributePlace(run, `${kind === "data" ? "data." : ""}${type}.${name}`, property) ?? run.place;
  const value = new RegExp(`${property}\\s*:\\s*\\[?\\s*(?:Token\\.as\\w+\\()?([\\w.]+)`).exec(
    place?.source ?? "",
  )?.[1];
  const members = value === undefined ? [] : readMembers(run, value);
  const [fitting] = attributeFor(property, members.length > 0 ? members : ["id", "arn", "name"]);
  return {
    place,
    original: undefined,
    says: [
      `${property} takes a string, and is given a whole construct.`,
      `${property} には文字列を渡しますが、コンストラクトそのものが渡されています。`,
    ] as const,
    advice: ["Give its attribute:", "属性を渡します。"] as const,
    write:
      value === undefined ? undefined : `${property}: ${value.replace(/ as .*/, "")}.${fitting}`,
  };
}

/** `a.b.c` where `b` is not there. */
export function nothingThere([, what, property]: RegExpExecArray, { place }: Run) {
  const before =
    place && new RegExp(`\\b([a-zA-Z_$][\\w.]*)(?:\\.|\\[)${property}\\b`).exec(place.source)?.[1];
  return {
    says: [
      `${before ?? `What stands before .${property}`} is ${what} here, so it has no ${property}.`,
      `ここで ${before === undefined ? `.${property} の前の値は` : `${before} は`} ${what} なので、${property} がありません。`,
    ] as const,
    advice: [
      "Where is it given its value? Look at the name, and at the order of the lines.",
      "値はどこで入りますか。名前と、行の順番を確かめてください。",
    ] as const,
  };
}

export function noModule([, module = ""]: RegExpExecArray, { stack, importable }: Run) {
  const content = readFileSync(stack, "utf8");
  const start = content.indexOf(basename(module));
  const place =
    start === -1
      ? undefined
      : placeOf(basename(stack), content, start, start + basename(module).length);
  const typescript = module.replace(/\.js$/, ".ts");
  if (
    typescript !== module &&
    existsSync(module.startsWith("/") ? typescript : join(dirname(stack), typescript))
  )
    return {
      place,
      says: [
        `There is no ${basename(module)}: the file is called ${basename(typescript)}.`,
        `${basename(module)} はありません。ファイル名は ${basename(typescript)} です。`,
      ] as const,
      advice: [
        "Node runs it as it is: import it by its own name, with .ts.",
        "Node はそのまま実行するので、.ts の付いた名前でインポートします。",
      ] as const,
    };
  const meant = importable.nearestModule(module);
  return {
    place,
    says: [`There is no module ${module}.`, `モジュール ${module} はありません。`] as const,
    advice:
      meant === undefined
        ? undefined
        : ([`Did you mean ${meant}?`, `${meant} のことではありませんか。`] as const),
  };
}
