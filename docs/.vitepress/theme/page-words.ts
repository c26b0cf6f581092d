import { useData } from "vitepress";
import { computed, type ComputedRef } from "vue";

import { data as labs, type LabFacts } from "../data/labs.data.ts";

/** The language of the page that is shown. */
export type Language = "en" | "ja";

/** The page's language, and a picker for words that exist in both. */
export function usePageWords() {
  const { lang } = useData();
  const language = computed<Language>(() => (lang.value.startsWith("ja") ? "ja" : "en"));
  const pick = <T>(texts: Readonly<Record<Language, T>>): T => texts[language.value];
  return { language, pick };
}

/**
 * The lab that the page is about: `lab` of its front matter, else the page's own name.
 *
 * @throws when there is no such lab
 */
export function usePageLab(): ComputedRef<LabFacts> {
  const { page, frontmatter } = useData();
  return computed(() => {
    const named = /labs\/([^/]+)\.md$/.exec(page.value.relativePath)?.[1];
    const id = (frontmatter.value["lab"] as string | undefined) ?? named;
    const lab = labs.find((each) => each.id === id);
    if (!lab) throw new Error(`${page.value.relativePath}: there is no lab "${id}"`);
    return lab;
  });
}
