import { onContentUpdated } from "vitepress";
import { onMounted, watch } from "vue";

import type { LiveState } from "./live-state.ts";

const KEPT = "workbook-answers";

/** Which answers stand open, by chapter, check and place; those that nobody has opened or closed are not in it. */
type Kept = Readonly<Record<string, boolean>>;

/**
 * Opens what an answer is folded up in as soon as the reader's own passes: `::: details Compare {data-check=service}` on
 * a page belongs to the check `service` of its chapter. What the reader opens or closes stays so, also when the page is
 * read again; an answer whose check fails again is left as it is.
 */
export function useOpenAnswers(live: LiveState, lab: () => string): void {
  const seen = new WeakSet<Element>();

  function show() {
    const checks = live.reports.get(lab())?.checks ?? [];
    const passed = new Set(checks.filter(({ status }) => status === "passed").map(({ id }) => id));
    const answers = document.querySelectorAll<HTMLDetailsElement>("details[data-check]");
    for (const [index, answer] of answers.entries()) {
      const check = answer.dataset["check"]!;
      // Two answers may belong to one check.
      const key = `${lab()} ${check} ${index}`;
      answer.toggleAttribute("data-passed", passed.has(check));
      const kept = readKept()[key];
      if (kept === undefined && passed.has(check)) answer.open = true;
      else if (kept !== undefined && !seen.has(answer)) answer.open = kept;
      if (seen.has(answer)) continue;
      seen.add(answer);
      answer.addEventListener("toggle", () => {
        if (!matchMedia("print").matches) keep(key, answer.open);
      });
    }
  }
  watch([() => live.reports.get(lab()), lab], show, { flush: "post" });
  onMounted(show);
  onContentUpdated(show);
}

function keep(key: string, isOpen: boolean): void {
  const kept = readKept();
  // Closed is what an answer is anyway, until it was open once.
  if (kept[key] === isOpen || (kept[key] === undefined && !isOpen)) return;
  localStorage.setItem(KEPT, JSON.stringify({ ...kept, [key]: isOpen }));
}

function readKept(): Kept {
  return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Kept;
}
