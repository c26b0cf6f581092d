import { expect, test } from "vitest";
import { readerLanguage } from "./reader-language.ts";
import { UserError } from "./user-error.ts";

test.each([
  [{}, "en"],
  [{ LANG: "ja_JP.UTF-8" }, "ja"],
  [{ LANG: "ja" }, "ja"],
  [{ LANG: "ja_JP.eucJP@x" }, "ja"],
  [{ LANG: "C.UTF-8" }, "en"],
  [{ LANG: "de_DE.UTF-8" }, "en"],
  [{ LANG: "jam_JM.UTF-8" }, "en"],
  [{ LANG: "ja_JP.UTF-8", LC_MESSAGES: "en_US.UTF-8" }, "en"],
  [{ LANG: "en_US.UTF-8", LC_MESSAGES: "ja_JP.UTF-8" }, "ja"],
  [{ LANG: "ja_JP.UTF-8", LC_MESSAGES: "ja_JP.UTF-8", LC_ALL: "C" }, "en"],
  [{ LANG: "ja_JP.UTF-8", LC_ALL: "" }, "ja"],
  [{ LANG: "ja_JP.UTF-8", LC_ALL: "ja_JP.UTF-8", WORKBOOK_LANG: "en" }, "en"],
  [{ LC_ALL: "C", WORKBOOK_LANG: "ja" }, "ja"],
  [{ WORKBOOK_LANG: "JA-JP" }, "ja"],
  [{ LANG: "ja_JP.UTF-8", WORKBOOK_LANG: "" }, "ja"],
] as const)("%j is spoken to in %s", (env, language) => {
  expect(readerLanguage(env)).toBe(language);
});

test("a WORKBOOK_LANG that is not spoken is wrong usage, and names the two that are", () => {
  const error = catchError(() => readerLanguage({ WORKBOOK_LANG: "fr", LANG: "ja_JP.UTF-8" }));
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: "LANGUAGE_UNKNOWN", exitCode: 2 });
  const { said } = error as UserError;
  for (const sentence of [said.en, said.ja]) expect(sentence).toMatch(/fr.*\ben\b.*\bja\b/);
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
