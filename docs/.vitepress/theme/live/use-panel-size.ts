import { computed, onMounted, onUnmounted, ref, watch, watchEffect, type Ref } from "vue";

/** Where the panel is: beside the text, below it over the foot of the window, or at the end of the page. */
export type PanelPlace = "side" | "foot" | "end";

const KEPT = "workbook-live";
const BESIDE = "(min-width: 1280px) and (min-height: 600px)";
const BELOW = "(min-width: 768px) and (min-height: 600px)";
/** Where a panel below leaves enough of the text to be open unasked. */
const ROOMY = "(min-width: 960px) and (min-height: 700px)";

/** The sidebar, and the least that the text is left; the bars above the text and the panel's own. */
const SIDEBAR_PX = 272;
const LEAST_TEXT_PX = 460;
const BARS_PX = 112;
const BAR_PX = 46;
/** With less beside the sidebar and the panel there is no room for an outline of the page. */
const WITH_OUTLINE_PX = 990;

interface Kept {
  readonly open?: boolean;
  readonly side?: number;
  readonly foot?: number;
}

/** The panel's place and size. What the reader has chosen is kept, for each place by itself. */
export interface PanelSize {
  readonly place: Ref<PanelPlace>;
  readonly isOpen: Ref<boolean>;
  /** In pixels: its width beside the text, its height below it. */
  readonly pixels: Ref<number>;
  readonly least: number;
  readonly most: Ref<number>;
  /** Chooses a size, as far as there is room; undefined for the usual one. */
  resize(pixels: number | undefined): void;
}

const LEAST_PX = 200;

/** Follows the window, and tells the page by `data-live` and `--live-size` at its root how much room is taken. */
export function usePanelSize(): PanelSize {
  const kept = ref(readKept());
  const view = ref({ width: innerWidth, height: innerHeight });
  const look = () => (view.value = { width: innerWidth, height: innerHeight });
  onMounted(() => addEventListener("resize", look));
  onUnmounted(() => removeEventListener("resize", look));
  watch(kept, (value) => localStorage.setItem(KEPT, JSON.stringify(value)));

  const place = computed<PanelPlace>(() => {
    // Whoever changes the window's size changes this as well.
    void view.value;
    if (matchMedia(BESIDE).matches) return "side";
    return matchMedia(BELOW).matches ? "foot" : "end";
  });
  const most = computed(() =>
    place.value === "side"
      ? view.value.width - SIDEBAR_PX - LEAST_TEXT_PX
      : view.value.height - BARS_PX - BAR_PX,
  );
  const usual = computed(() =>
    place.value === "side"
      ? Math.min(620, Math.round(view.value.width * 0.34))
      : Math.round((view.value.height - BARS_PX) * 0.44) - BAR_PX,
  );
  const pixels = computed(() => {
    const chosen = place.value === "side" ? kept.value.side : kept.value.foot;
    return Math.max(LEAST_PX, Math.min(chosen ?? usual.value, most.value));
  });
  const isOpen = computed({
    get: () => kept.value.open ?? matchMedia(ROOMY).matches,
    set: (open) => (kept.value = { ...kept.value, open }),
  });
  usePageRoom(place, isOpen, pixels, view);
  return {
    place,
    isOpen,
    pixels,
    least: LEAST_PX,
    most,
    resize(next) {
      kept.value = { ...kept.value, [place.value === "side" ? "side" : "foot"]: next };
    },
  };
}

function usePageRoom(
  place: Ref<PanelPlace>,
  isOpen: Ref<boolean>,
  pixels: Ref<number>,
  view: Ref<{ readonly width: number }>,
): void {
  const root = document.documentElement;
  watchEffect(() => {
    const isBeside = isOpen.value && place.value === "side";
    root.dataset["live"] = isOpen.value ? place.value : "closed";
    root.style.setProperty("--live-size", `${pixels.value}px`);
    const room = view.value.width - SIDEBAR_PX - pixels.value;
    root.toggleAttribute("data-live-narrow", isBeside && room < WITH_OUTLINE_PX);
  });
  onUnmounted(() => {
    delete root.dataset["live"];
    root.removeAttribute("data-live-narrow");
  });
}

function readKept(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    // An older site kept a word there.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
