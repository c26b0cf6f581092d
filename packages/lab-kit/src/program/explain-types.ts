import { say } from "@workbook/toolchain";
import type { Diagnostic } from "typescript/unstable/async";
import { ARGUMENTS } from "./explain-arguments.ts";
import { IMPORTS } from "./explain-imports.ts";
import { LANGUAGE } from "./explain-language.ts";
import { NAMES } from "./explain-names.ts";
import { SYNTAX } from "./explain-syntax.ts";
import { VALUES } from "./explain-values.ts";
import type { ImportableNames } from "./importable-names.ts";
import { placeOf, type Problem } from "./problem.ts";
import type { FileDiagnostic, Types } from "./type-checker.ts";
import { sentences, type Explain, type Explanation } from "./wrong.ts";

const EXPLAIN: Readonly<Record<number, Explain>> = {
  ...ARGUMENTS,
  ...IMPORTS,
  ...LANGUAGE,
  ...NAMES,
  ...SYNTAX,
  ...VALUES,
};

/** Errors in syntax make more of them further down: the first one counts. */
const IS_SYNTAX = (code: number) => code >= 1000 && code < 1200;

/** A loop through names in place of elements: what it gives is of no type that anything can be made of. */
const LOOP_OVER_NAMES = 2491;
const isOfSyntax = (code: number) => IS_SYNTAX(code) || code === LOOP_OVER_NAMES;

/** A module that is not there. */
const NO_MODULE = 2307;

/**
 * What works all the same: 4104, readonly lists where cdktf wants a list, for it changes none; the others, modules in a
 * folder whose package.json does not say so, which Node sees for itself.
 */
const HARMLESS = new Set([4104, 1286, 1287, 1295, 1309, 1470]);

/**
 * Says what is wrong like a person would, in the order of the file.
 *
 * @param importable what the program could import
 */
export async function explainTypes(
  diagnostics: readonly FileDiagnostic[],
  types: Types,
  importable: ImportableNames,
): Promise<readonly Problem[]> {
  const counted = diagnostics.filter((each) => !harmless(each));
  const [first] = counted;
  const told = first && isOfSyntax(first.code) ? [first] : onePerCause(counted);
  const problems = await Promise.all(
    told.map(async (each) => {
      const span = each.content.slice(each.pos, each.end);
      return toProblem(each, await EXPLAIN[each.code]?.({ ...each, span, importable, types }));
    }),
  );
  return onePerAdvice(problems);
}

/** What the same line puts right is told once. */
function onePerAdvice(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ says, write }) => {
    const cause = write !== undefined && write.startsWith("import ") ? write : say(says, "en");
    return !seen.has(cause) && seen.add(cause);
  });
}

function harmless(diagnostic: Diagnostic): boolean {
  const { code, messageChain = [] } = diagnostic;
  return HARMLESS.has(code) || (messageChain.length > 0 && messageChain.every(harmless));
}

/** A name that is not known is not known in every line: once is enough. */
function onePerCause(diagnostics: readonly FileDiagnostic[]): readonly FileDiagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, fileName, text }) => {
    const cause = `${code} ${fileName} ${text}`;
    return !seen.has(cause) && seen.add(cause);
  });
}

function toProblem(diagnostic: FileDiagnostic, explanation: Explanation | undefined): Problem {
  const { shown, content, pos, end } = diagnostic;
  const [start, stop] = explanation?.at ?? [pos, end];
  const place = placeOf(shown, content, start, stop);
  const own = sentences(diagnostic).map(shorten).join(" ");
  const isFatal = IS_SYNTAX(diagnostic.code) || diagnostic.code === NO_MODULE;
  if (explanation === undefined) return { says: own, place, isFatal };
  const { says, advice, write, original } = explanation;
  const said = original === null ? undefined : `TypeScript: ${original ?? own}`;
  return { says, place, advice, write, original: said, isFatal };
}

/** Paths of packages say nothing to a learner. */
function shorten(sentence: string): string {
  return sentence.replaceAll(/import\("[^"]*\/node_modules\/([^"]*)"\)/g, 'import("$1")');
}
