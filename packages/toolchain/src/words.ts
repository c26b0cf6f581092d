/** The languages that readers are spoken to in. */
export type Language = "en" | "ja";

/** One text in every language. */
export type Text = Readonly<Record<Language, string>>;

/** A text for people: in English and Japanese, or one string where both read the same, as code and names do. */
export type Words = string | readonly [en: string, ja: string] | Text;

/** Words with every language at hand. */
export function text(words: Words): Text {
  if (typeof words === "string") return { en: words, ja: words };
  return isPair(words) ? { en: words[0], ja: words[1] } : words;
}

/** Words as one language has them. */
export function say(words: Words, language: Language): string {
  return text(words)[language];
}

/** A template of signs and names, into which words are set language by language: both`${name}: ${words}`. */
export function both(signs: TemplateStringsArray, ...parts: readonly (Words | number)[]): Text {
  const inLanguage = (language: Language) =>
    signs.reduce((before, sign, index) => {
      const part = parts[index - 1]!;
      return before + (typeof part === "number" ? String(part) : say(part, language)) + sign;
    });
  return { en: inLanguage("en"), ja: inLanguage("ja") };
}

/** Words one after the other, as a list is written in each language unless told otherwise. */
export function list(words: readonly Words[], separator: Words = [", ", "、"]): Text {
  const inLanguage = (language: Language) =>
    words.map((each) => say(each, language)).join(say(separator, language));
  return { en: inLanguage("en"), ja: inLanguage("ja") };
}

function isPair(words: readonly [string, string] | Text): words is readonly [string, string] {
  return Array.isArray(words);
}
