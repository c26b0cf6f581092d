import { onMounted, onUnmounted, ref, type Ref } from "vue";

const PLACE = "workbook-token";

/**
 * The workbook's token; null where the page was opened without one. It comes in the address (`#token=…`), where
 * `./workbook site` has put it, and is kept for this origin: the fragment reaches no server and, once it is taken, no
 * bookmark and no screen.
 */
export function useToken(): { readonly token: Ref<string | null>; forget(): void } {
  const token = ref(take() ?? localStorage.getItem(PLACE));
  // Who pastes the address into a tab that has the page already changes the fragment alone.
  const look = () => (token.value = take() ?? token.value);
  onMounted(() => addEventListener("hashchange", look));
  onUnmounted(() => removeEventListener("hashchange", look));
  return {
    token,
    forget() {
      localStorage.removeItem(PLACE);
      token.value = null;
    },
  };
}

function take(): string | undefined {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return undefined;
  localStorage.setItem(PLACE, given);
  history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}
