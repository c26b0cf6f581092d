import type { ListenerPicture } from "@workbook/local-aws/live";
import { onContentUpdated } from "vitepress";
import { onMounted } from "vue";

import { addressesOf, toOwn, type OwnNames } from "./own-names.ts";

/** `./workbook site` puts it into pages as soon as it knows the reader's name. */
const OWNER_MARK = 'meta[name="workbook-owner"]';
/** The panel says what is so by itself; what is about the written names keeps them. */
const AS_IT_IS = ".live, [data-as-written]";

/**
 * Shows code on pages with the reader's own names, on each page that comes. The texts themselves are changed, so that
 * what is copied is what is shown.
 *
 * @returns takes the listeners, whenever they are others
 */
export function useOwnNames(): (listeners: readonly ListenerPicture[]) => void {
  const written = new WeakMap<Text, { readonly text: string; readonly shown: string }>();
  let names: OwnNames = { owner: undefined, addresses: new Map() };

  function show() {
    for (const node of codeTexts()) {
      const known = written.get(node);
      // Another text than the one that was put there has come since, and is as it was written.
      const text = known?.shown === node.data ? known.text : node.data;
      const shown = toOwn(text, names);
      written.set(node, { text, shown });
      if (node.data !== shown) node.data = shown;
    }
  }
  onContentUpdated(show);
  onMounted(() => {
    const owner = document.querySelector<HTMLMetaElement>(OWNER_MARK)?.content;
    names = { ...names, owner };
    // What explains the written name (live.css) has nothing to explain any more.
    document.documentElement.toggleAttribute("data-own-names", owner !== undefined);
    show();
  });
  return (listeners) => {
    names = { ...names, addresses: addressesOf(listeners) };
    show();
  };
}

function codeTexts(): readonly Text[] {
  return [...document.querySelectorAll("code")]
    .filter((code) => code.closest(AS_IT_IS) === null)
    .flatMap((code) => {
      const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      const texts: Text[] = [];
      while (walker.nextNode()) texts.push(walker.currentNode as Text);
      return texts;
    });
}
