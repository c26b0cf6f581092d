import { onUnmounted, ref, type Ref } from "vue";

import { useActions } from "./live-actions.ts";
import { useLive } from "./live-state.ts";

/** Requests in a minute of AWS's time, as `./workbook load` sends them. */
export const LOAD_PER_MINUTE = 110;
const STEP_MS = 250;
/** What Local AWS sends at once at most. */
const MOST_AT_ONCE = 500;

interface Load {
  /** The listener's ARN; undefined where none is loaded. */
  readonly through: Ref<string | undefined>;
  readonly sent: Ref<number>;
  readonly lost: Ref<number>;
  /** Begins, counting anew, or stops. */
  toggle(listenerArn: string, onProblem: (message: string) => void): void;
}

/** How many requests so many milliseconds are worth, in parts. */
const requestsIn = (ms: number, acceleration: number): number =>
  (LOAD_PER_MINUTE / 60) * acceleration * (ms / 1000);

/** Sends load through one listener until it is told to stop. */
export function useLoad(): Load {
  const live = useLive();
  const { sendMany } = useActions();
  const through = ref<string>();
  const sent = ref(0);
  const lost = ref(0);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop() {
    clearTimeout(timer);
    through.value = undefined;
  }
  /** @param due requests, in parts, that are left over from the step before */
  async function next(listenerArn: string, due: number, onProblem: (message: string) => void) {
    const began = performance.now();
    const count = Math.min(Math.floor(due), MOST_AT_ONCE);
    try {
      if (count > 0) {
        const answer = await sendMany(listenerArn, count);
        if (through.value !== listenerArn) return;
        sent.value += answer.sent;
        lost.value += answer.lost;
      }
      const wait = Math.max(0, STEP_MS - (performance.now() - began));
      timer = setTimeout(() => {
        const more = requestsIn(performance.now() - began, live.acceleration ?? 1);
        void next(listenerArn, Math.min(due - count, 1) + more, onProblem);
      }, wait);
    } catch (error) {
      stop();
      onProblem((error as Error).message);
    }
  }
  onUnmounted(stop);
  return {
    through,
    sent,
    lost,
    toggle(listenerArn, onProblem) {
      const isBegun = through.value === listenerArn;
      stop();
      if (isBegun) return;
      sent.value = lost.value = 0;
      through.value = listenerArn;
      void next(listenerArn, 1, onProblem);
    },
  };
}
