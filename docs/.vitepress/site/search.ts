import type { DefaultTheme } from "vitepress";

/*
 * VitePress sends these functions to the browser as text: each may use nothing from outside itself.
 */

/**
 * Cuts a text into the words that the search knows. English words and names of code are words, and so are the parts of
 * `imageTagMutability` and `rolling-update`; digests and tags made of them have no parts. Japanese puts no spaces between
 * words: of each run of one script every two neighbouring characters are one, so that no browser's dictionary decides what
 * is found. In what is looked for, what follows a word in hiragana (particles, endings) does not count: it is written in
 * other ways on the page.
 *
 * @param field of a page whose text it is; undefined where it is what is looked for
 */
export function tokenize(text: string, field?: string): string[] {
  const RUNS =
    /[\p{Script=Han}々]+|[\p{Script=Katakana}ー]+|\p{Script=Hiragana}+|[\p{Script=Latin}\p{N}]+/gu;
  const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu;
  const HASH = /^(?=.*\d)[\da-f]{12,}$/;
  const words: string[] = [];
  let wordEnd = -1;
  for (const { 0: run, index } of text.normalize("NFKC").matchAll(RUNS)) {
    const isHiragana = /^\p{Script=Hiragana}/u.test(run);
    const isJapanese = isHiragana || /^[\p{Script=Han}々\p{Script=Katakana}ー]/u.test(run);
    const isEnding = isHiragana && wordEnd === index;
    if (!isHiragana) wordEnd = isJapanese ? index + run.length : -1;
    if (field === undefined && isEnding) continue;
    if (!isJapanese) {
      const parts = HASH.test(run) ? [] : (run.match(PARTS) ?? []);
      words.push(run, ...(parts.length > 1 ? parts : []));
    } else if (run.length === 1) {
      // One hiragana character is a particle; one Chinese character is a word.
      if (!isHiragana) words.push(run);
    } else {
      for (let i = 0; i < run.length - 1; i++) words.push(run.slice(i, i + 2));
    }
  }
  return words;
}

/** Words that stand in every English text say nothing about one. */
function processTerm(term: string): string | null {
  const word = term.toLowerCase();
  const isCommon = /^(?:an?|and|are|by|do|does|for|how|in|is|it|my|of|on|or|the|to|what|with)$/;
  return isCommon.test(word) ? null : word;
}

/** Of a page's Japanese, two characters are a whole word already. */
function prefix(term: string): boolean {
  return term.length === 1 || /^[\p{Script=Latin}\p{N}]/u.test(term);
}

/** A slip of the keys in a longer English word is forgiven; one character of Japanese makes another word. */
function fuzzy(term: string): number | false {
  return /^\p{Script=Latin}{5,}$/u.test(term) ? 0.2 : false;
}

/** How the search reads pages and what readers type: all words have to be there. */
export const miniSearch: DefaultTheme.LocalSearchOptions["miniSearch"] = {
  options: { tokenize, processTerm },
  searchOptions: {
    combineWith: "AND",
    prefix,
    fuzzy,
    boost: { title: 4, titles: 2, text: 1 },
  },
};

/** Renders a page for the search index: without colours, which cost more than all the rest and are no text. */
export const renderForSearch: DefaultTheme.LocalSearchOptions["_render"] = (source, env, md) => {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    const html = md.render(source, env);
    return env.frontmatter?.["search"] === false ? "" : html;
  } finally {
    md.options.highlight = highlight;
  }
};
