import type { LiveMessage } from "@workbook/local-aws/live";

const ADDRESS = "/_local/live";
const TYPES: readonly LiveMessage["type"][] = ["clock", "picture", "report", "log", "request"];
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const PATIENCE_MS = 5_000;

/**
 * `connecting` is the first attempt; after that a connection is `open`, or it is tried again: `lost` while Local AWS is
 * away, `gone` while the site's own server is.
 */
export type ConnectionState = "connecting" | "open" | "lost" | "gone";

/** Whether what is shown is no longer known to be so. */
export function isLost(state: ConnectionState): state is "lost" | "gone" {
  return state === "lost" || state === "gone";
}

interface Listener {
  onMessage(message: LiveMessage): void;
  onState(state: ConnectionState): void;
}

/**
 * Listens to Local AWS while the page is looked at, and tries again with growing pauses when it goes away. A hidden page
 * lets go: a browser has six connections to a server, and a learner many tabs.
 *
 * @returns how to stop
 * @see https://developer.mozilla.org/docs/Web/API/EventSource
 */
export function connectLive({ onMessage, onState }: Listener): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let looking: AbortController | undefined;
  let pause = FIRST_PAUSE_MS;

  function open() {
    close();
    const opened = new EventSource(ADDRESS);
    source = opened;
    opened.addEventListener("open", () => {
      pause = FIRST_PAUSE_MS;
      onState("open");
    });
    for (const type of TYPES) {
      opened.addEventListener(type, ({ data }) => onMessage(JSON.parse(data) as LiveMessage));
    }
    opened.addEventListener("error", () => void lose());
  }
  async function lose() {
    close();
    const mine = new AbortController();
    looking = mine;
    const answers = await siteAnswers(mine.signal);
    // The page was hidden, or left, in the meantime.
    if (looking !== mine) return;
    onState(answers ? "lost" : "gone");
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  function close() {
    clearTimeout(retry);
    looking?.abort();
    looking = undefined;
    source?.close();
    source = undefined;
  }
  const look = () => (document.hidden ? close() : open());

  onState("connecting");
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
  };
}

/** Whether the server that this page came from is still there. */
async function siteAnswers(left: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([left, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    await fetch(location.pathname, { method: "HEAD", cache: "no-store", signal });
    return true;
  } catch {
    // No answer of any kind is what is asked for here.
    return false;
  }
}
