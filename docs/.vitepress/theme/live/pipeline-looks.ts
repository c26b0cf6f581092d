import type { PictureMessage } from "@workbook/local-aws/live";
import { onContentUpdated } from "vitepress";
import { onMounted, watch } from "vue";

import type { LiveState } from "./live-state.ts";

type Stage = PictureMessage["pipelines"][number]["stages"][number];
type Action = Stage["actions"][number];

const LOOKS: Readonly<Record<string, string>> = {
  InProgress: "running",
  Succeeded: "done",
  Failed: "failed",
  Stopping: "running",
  Stopped: "failed",
  Cancelled: "failed",
};

/** Whether an action waits for somebody's word. */
export const isAsking = ({ provider, status }: Action) =>
  provider === "Manual" && status === "InProgress";

/** How a stage is drawn, as classes; none where nothing has come so far. What an earlier execution has left is paler. */
export function looksOf({ status, isNewest, actions }: Stage): readonly string[] {
  if (status === null) return [];
  const look = actions.some(isAsking) ? "asking" : LOOKS[status];
  return [...(look === undefined ? [] : [look]), ...(isNewest ? [] : ["earlier"])];
}

/** Has the boxes of the page's picture that stand for a stage look as that stage of the first pipeline does. */
export function useStageLooks(live: LiveState): void {
  function show() {
    const stages = live.picture?.pipelines[0]?.stages;
    for (const box of document.querySelectorAll<SVGElement>("[data-stage]")) {
      const stage = stages?.find(({ name }) => name === box.dataset["stage"]);
      if (stage) box.dataset["look"] = looksOf(stage).join(" ");
      else delete box.dataset["look"];
    }
  }
  watch(() => live.picture, show, { flush: "post" });
  onMounted(show);
  onContentUpdated(show);
}
