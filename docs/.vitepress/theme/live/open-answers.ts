import { onContentUpdated } from "vitepress";
import { watch } from "vue";

import type { LiveState } from "./live-state.ts";

/**
 * Opens what an answer is folded up in as soon as the reader's own passes: `::: details Compare {data-check=service}` on
 * a page belongs to the check `service` of its chapter. Each is opened once, so that it stays closed where the reader
 * closes it; one whose check fails again is left as it is.
 */
export function useOpenAnswers(live: LiveState, lab: () => string): void {
  const opened = new WeakSet<Element>();

  function show() {
    const checks = live.reports.get(lab())?.checks ?? [];
    const passed = new Set(checks.filter(({ status }) => status === "passed").map(({ id }) => id));
    for (const answer of document.querySelectorAll<HTMLDetailsElement>("details[data-check]")) {
      const isPassed = passed.has(answer.dataset["check"]!);
      answer.toggleAttribute("data-passed", isPassed);
      if (!isPassed || opened.has(answer)) continue;
      opened.add(answer);
      answer.open = true;
    }
  }
  watch([() => live.reports.get(lab()), lab], show, { flush: "post" });
  onContentUpdated(show);
}
