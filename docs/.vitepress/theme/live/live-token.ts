import { ref, type Ref } from "vue";

const PLACE = "workbook-token";

/**
 * Takes the workbook's token out of the address (`#token=…`), where `./workbook site` has put it, and keeps it for this
 * origin: the fragment reaches no server and, from then on, no bookmark and no screen.
 */
export function takeToken(): void {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return;
  localStorage.setItem(PLACE, given);
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** The token that was kept; null where the page was opened without one. */
export function useToken(): { readonly token: Ref<string | null>; forget(): void } {
  const token = ref(localStorage.getItem(PLACE));
  return {
    token,
    forget() {
      localStorage.removeItem(PLACE);
      token.value = null;
    },
  };
}
