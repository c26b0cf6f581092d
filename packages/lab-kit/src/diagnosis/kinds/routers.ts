import type { Kind } from "../kinds.ts";
import { ecsPage } from "./pages.ts";

/** Causes in a task's log router: they stand beside a task that runs well. */
export const ROUTER_KINDS = {
  "log-router-stopped": {
    question: [
      "The app runs, and its lines do not come. Does its router still run?",
      "アプリは動いているのに、ログが届きません。ルーターはまだ動いていますか。",
    ],
    page: ecsPage("firelens-taskdef"),
    line: "essential: true,",
  },
  "log-router-match": {
    question: [
      "Under which tag do a container's lines come to the router, and which tags does the section take?",
      "コンテナのログは、どのタグでルーターに届きますか。そのセクションは、どのタグを受け取りますか。",
    ],
    page: ecsPage("firelens-taskdef"),
    line: "Match           CONTAINER-firelens*",
  },
} as const satisfies Readonly<Record<string, Kind>>;
