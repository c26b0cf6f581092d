import type { Language } from "./words.ts";
import { UserError } from "./user-error.ts";

/**
 * The language that the reader wants, as POSIX has it: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set counts,
 * and `WORKBOOK_LANG` before all of them. Japanese where it says so (`ja`, `ja_JP.UTF-8`), else English.
 * https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
 *
 * @throws {UserError} where `WORKBOOK_LANG` names a language that there is none of
 */
export function readerLanguage(env: NodeJS.ProcessEnv): Language {
  const wanted = env["WORKBOOK_LANG"];
  if (wanted) {
    const language = languageOf(wanted);
    if (language) return language;
    throw new UserError(
      [
        `WORKBOOK_LANG is "${wanted}": the workbook speaks en (English) and ja (Japanese).`,
        `WORKBOOK_LANG が「${wanted}」になっています。ワークブックの言語は en (英語) と ja (日本語) です。`,
      ],
      { code: "LANGUAGE_UNKNOWN", next: "export WORKBOOK_LANG=ja", exitCode: 2 },
    );
  }
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return languageOf(locale) ?? "en";
}

/** The language of a locale's name: `language[_territory][.codeset][@modifier]`, or with `-` as browsers write it. */
function languageOf(locale: string): Language | undefined {
  const [name] = locale.toLowerCase().split(/[_.@-]/, 1);
  return name === "en" || name === "ja" ? name : undefined;
}
