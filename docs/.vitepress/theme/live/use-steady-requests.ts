import { computed, onUnmounted, ref, shallowRef, type ComputedRef, type Ref } from "vue";

import { useActions } from "./live-actions.ts";
import { useLive } from "./live-state.ts";
import { revisionOf } from "./picture-model.ts";

const PAUSE_MS = 250;

/** What became of the requests that were sent one after the other. */
export interface Tally {
  readonly sent: number;
  /** Those that nothing answered, or with a server's error. */
  readonly lost: number;
  /** How many each revision has answered, by its name. */
  readonly by: ReadonlyMap<string, number>;
}

const NOTHING: Tally = { sent: 0, lost: 0, by: new Map() };

/** Sends requests through one listener, four in a second, until it is told to stop, and counts what becomes of them. */
export function useSteadyRequests(): {
  /** The listener's ARN; undefined where none are being sent. */
  readonly through: Ref<string | undefined>;
  readonly tally: ComputedRef<Tally>;
  /** Begins, counting anew, or stops. */
  toggle(listenerArn: string, onProblem: (message: string) => void): void;
} {
  const live = useLive();
  const { sendRequest } = useActions();
  const through = ref<string>();
  const tally = shallowRef(NOTHING);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop() {
    clearTimeout(timer);
    through.value = undefined;
  }
  async function next(listenerArn: string, onProblem: (message: string) => void) {
    try {
      const request = await sendRequest(listenerArn, "/");
      if (through.value !== listenerArn) return;
      live.addRequest(request);
      tally.value = count(tally.value, request.status, revision(request.taskArn));
      timer = setTimeout(() => void next(listenerArn, onProblem), PAUSE_MS);
    } catch (error) {
      stop();
      onProblem((error as Error).message);
    }
  }
  function revision(taskArn: string | null): string | undefined {
    const tasks = (live.picture?.clusters ?? []).flatMap((cluster) => cluster.tasks);
    const task = tasks.find((each) => each.taskArn === taskArn);
    return task && revisionOf(task.taskDefinition);
  }
  onUnmounted(stop);
  return {
    through,
    tally: computed(() => tally.value),
    toggle(listenerArn, onProblem) {
      const isBegun = through.value === listenerArn;
      stop();
      if (isBegun) return;
      tally.value = NOTHING;
      through.value = listenerArn;
      void next(listenerArn, onProblem);
    },
  };
}

function count({ sent, lost, by }: Tally, status: number | null, who: string | undefined): Tally {
  const isLost = status === null || status >= 500;
  return {
    sent: sent + 1,
    lost: lost + (isLost ? 1 : 0),
    by: who === undefined ? by : new Map([...by, [who, (by.get(who) ?? 0) + 1]]),
  };
}
