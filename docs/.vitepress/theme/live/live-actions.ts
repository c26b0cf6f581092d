import type { LoadAnswer, RequestMessage } from "@workbook/local-aws/live";
import { computed, inject, provide, type ComputedRef, type InjectionKey } from "vue";

import { useToken } from "./live-token.ts";

/** What a page may do to Local AWS. Each throws an `Error` with the words that the server answered. */
export interface LiveActions {
  /** Whether the page holds the workbook's token; without it the server would refuse. */
  readonly allowed: ComputedRef<boolean>;
  /** Has a request sent through a listener. */
  sendRequest(listenerArn: string, path: string): Promise<RequestMessage>;
  /** Has so many requests sent through a listener side by side. */
  sendMany(listenerArn: string, count: number): Promise<LoadAnswer>;
  /** Stops a task, as `aws ecs stop-task` does. */
  stopTask(taskArn: string): Promise<void>;
  /** Lets idle waiting pass so many times faster than on AWS. */
  changePace(acceleration: number): Promise<void>;
  /** Puts the time forward by which schedules go, to an instant in milliseconds since 1970. */
  forward(until: number): Promise<void>;
}

const KEY: InjectionKey<LiveActions> = Symbol("live actions");

/** Gives the actions to the components inside this one. */
export function provideActions(): void {
  const { token, forget } = useToken();
  async function send(
    path: string,
    body: object,
    method: "POST" | "PUT" = "POST",
  ): Promise<Response> {
    const response = await fetch(path, {
      method,
      headers: { authorization: `Bearer ${token.value}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    // Another workbook's token, or one of another day: the address that was printed last has the right one.
    if (response.status === 401) forget();
    throw new Error(await messageOf(response));
  }
  const actions: LiveActions = {
    allowed: computed(() => token.value !== null),
    async sendRequest(listenerArn, path) {
      const response = await send("/_local/requests", { listenerArn, path });
      return (await response.json()) as RequestMessage;
    },
    async sendMany(listenerArn, count) {
      const response = await send("/_local/load", { listenerArn, count });
      return (await response.json()) as LoadAnswer;
    },
    async stopTask(taskArn) {
      await send("/_local/tasks/stop", { taskArn });
    },
    async changePace(acceleration) {
      await send("/_local/clock", { acceleration }, "PUT");
    },
    async forward(until) {
      await send("/_local/calendar", { until }, "PUT");
    },
  };
  provide(KEY, actions);
}

/** The actions, inside a component that {@link provideActions} surrounds. */
export function useActions(): LiveActions {
  const actions = inject(KEY);
  if (!actions) throw new Error("useActions belongs into the live panel");
  return actions;
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { readonly message?: string };
    return message ?? text;
  } catch {
    return `${response.status} ${text.slice(0, 200)}`;
  }
}
