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
      if (!seen.has(answer)) {
        seen.add(answer);
        begin(answer, key);
      }
      if (!passed.has(check) || readKept()[key] !== undefined) continue;
      answer.open = true;
      keep(key, true);
    }
  }
  watch([() => live.reports.get(lab()), lab], show, { flush: "post" });
  onMounted(show);
  onContentUpdated(show);
}

/** Puts an answer as it was left, and notes from now on how the reader leaves it. */
function begin(answer: HTMLDetailsElement, key: string): void {
  // It is open already where the reader was quicker than this script.
  if (answer.open) keep(key, true);
  answer.open = readKept()[key] ?? false;
  // Keys click as well. A `toggle` comes later than what it tells of, tells of several at once, and whoever did it.
  const summary = answer.querySelector("summary");
  summary?.addEventListener("click", () => keep(key, !answer.open));
}

function keep(key: string, isOpen: boolean): void {
  localStorage.setItem(KEPT, JSON.stringify({ ...readKept(), [key]: isOpen }));
}

function readKept(): Kept {
  return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Kept;
}
