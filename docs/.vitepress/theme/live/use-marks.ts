import { useRoute } from "vitepress";
import { inject, onMounted, provide, ref, watch, type InjectionKey, type Ref } from "vue";

/** How far the learner is, as `./workbook site` knows it. */
export interface Marks {
  /** The chapter that the learner is in: its folder's name. */
  readonly current: string | null;
  readonly passed: readonly string[];
}

const ADDRESS = "/_site/progress";
const NONE: Marks = { current: null, passed: [] };
const KEY: InjectionKey<{ readonly marks: Ref<Marks>; readonly lookAgain: () => void }> =
  Symbol("marks");

/** Asks for it as each page is opened, and gives it to the components inside this one. */
export function provideMarks(): Ref<Marks> {
  const marks = ref(NONE);
  const route = useRoute();
  async function look() {
    try {
      const response = await fetch(ADDRESS, { cache: "no-store" });
      if (response.ok) marks.value = (await response.json()) as Marks;
    } catch (error) {
      // The site's server has stopped: the panel says so, and what was known stays.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  onMounted(look);
  watch(() => route.path, look);
  provide(KEY, { marks, lookAgain: () => void look() });
  return marks;
}

/** What is known, and how to ask anew, inside a component that {@link provideMarks} surrounds. */
export function useMarks(): { readonly marks: Ref<Marks>; readonly lookAgain: () => void } {
  const known = inject(KEY);
  if (!known) throw new Error("useMarks belongs into the live site");
  return known;
}
