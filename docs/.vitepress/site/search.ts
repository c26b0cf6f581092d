/**
 * Cuts a text into the words that the search knows, in English as well as in Japanese, which puts no spaces between
 * words. VitePress sends this function to the browser as text: it may use nothing from outside itself.
 *
 * @see https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/Intl/Segmenter
 */
export function tokenize(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of new Intl.Segmenter("ja", { granularity: "word" }).segment(
    text.normalize("NFKC"),
  )) {
    if (isWordLike) words.push(segment);
  }
  return words;
}
