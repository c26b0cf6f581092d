import type {
  LiveMessage,
  LogMessage,
  PictureMessage,
  ReportMessage,
  RequestMessage,
} from "@workbook/local-aws/live";
import {
  inject,
  onMounted,
  onUnmounted,
  provide,
  reactive,
  shallowReactive,
  type InjectionKey,
} from "vue";

import { connectLive, type ConnectionState } from "./live-connection.ts";

/** Most of them may be health checks, which are not shown unless asked for. */
const KEPT_LINES = 500;
const KEPT_REQUESTS = 6;
const LIT_MS = 2_500;
const HUES = 6;

/** A line of a task's log, with a number of its own. */
export type LogLine = LogMessage["events"][number] & { readonly key: number };

/** What the page knows of Local AWS now. */
export interface LiveState {
  connection: ConnectionState;
  picture: PictureMessage | undefined;
  /** How many times faster than on AWS idle waiting passes; undefined before that is known. */
  acceleration: number | undefined;
  /** The last outcome of each lab's checks. */
  readonly reports: Map<string, ReportMessage>;
  /** The oldest first. */
  lines: readonly LogLine[];
  /** The newest first. */
  requests: readonly RequestMessage[];
  /** ARNs of tasks that have just answered. */
  readonly lit: Set<string>;
  /** One of six colours that a task keeps, by its id. */
  hueOf(taskId: string): number;
  /** Adds what was answered to a request of this page, which may come by the stream as well. */
  addRequest(request: RequestMessage): void;
}

const KEY: InjectionKey<LiveState> = Symbol("live");

/** Connects for as long as the component is there, and gives what is known to those inside it. */
export function provideLive(): LiveState {
  const state = createState();
  let stop: (() => void) | undefined;
  onMounted(() => {
    stop = connectLive({
      onMessage: (message) => apply(state, message),
      onState: (connection) => {
        state.connection = connection;
        if (connection !== "open") return;
        // The stream tells all of it again; what it does not tell is no longer so.
        state.reports.clear();
        state.lines = [];
      },
    });
  });
  onUnmounted(() => stop?.());
  provide(KEY, state);
  return state;
}

/** What is known, inside a component that {@link provideLive} surrounds. */
export function useLive(): LiveState {
  const state = inject(KEY);
  if (!state) throw new Error("useLive belongs into the live panel");
  return state;
}

function createState(): LiveState {
  const hues = new Map<string, number>();
  const lit = reactive(new Set<string>());
  const state: LiveState = shallowReactive({
    connection: "connecting",
    picture: undefined,
    acceleration: undefined,
    reports: shallowReactive(new Map()),
    lines: [],
    requests: [],
    lit,
    hueOf(taskId) {
      const hue = hues.get(taskId) ?? hues.size % HUES;
      hues.set(taskId, hue);
      return hue;
    },
    addRequest(request) {
      const isKnown = state.requests.some((each) => isSame(each, request));
      if (isKnown) return;
      state.requests = [request, ...state.requests].slice(0, KEPT_REQUESTS);
      const { taskArn } = request;
      if (taskArn === null) return;
      lit.add(taskArn);
      setTimeout(() => lit.delete(taskArn), LIT_MS);
    },
  });
  return state;
}

function isSame(one: RequestMessage, other: RequestMessage): boolean {
  return (
    one.at === other.at && one.listenerArn === other.listenerArn && one.seconds === other.seconds
  );
}

function apply(state: LiveState, message: LiveMessage): void {
  switch (message.type) {
    case "clock":
      state.acceleration = message.acceleration;
      break;
    case "picture":
      state.picture = message;
      break;
    case "report":
      state.reports.set(message.lab, message);
      break;
    case "log": {
      const next = (state.lines.at(-1)?.key ?? 0) + 1;
      const lines = message.events.map((event, i) => ({ ...event, key: next + i }));
      state.lines = [...state.lines, ...lines].slice(-KEPT_LINES);
      break;
    }
    case "request":
      state.addRequest(message);
  }
}
